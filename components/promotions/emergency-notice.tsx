import { UnsafeText } from '@/components/ui/unsafe-text';
import { emergencyOf, type PromotionDto } from '@/lib/contracts/promotion';
import { ReviewText } from './emergency-chip';
import { MultilineText } from './multiline-text';

/** Loud for ever: whoever looks at it is to see that nobody approved it, who let that be, and whether it was reviewed. */
export function EmergencyNotice({ promotion }: { promotion: PromotionDto }) {
  const policy = emergencyOf(promotion.plan);
  const { emergency, state, edge } = promotion;
  if (policy === null || emergency === null) return null;
  const objection = promotion.reviews.find(({ verdict }) => verdict === 'objected');
  return (
    <div role="note" className="rounded-md border-2 border-bad bg-bad-soft px-3 py-2 break-words">
      <p>
        <b className="font-semibold text-bad">
          Emergency: {WORDS[state] ?? 'to be published'} without approval.
        </b>{' '}
        <UnsafeText text={promotion.requester} /> of <UnsafeText text={policy.group} /> sent it past
        approvals, freezes and waits into {edge.to}: “<MultilineText text={promotion.reason} />”
      </p>
      {emergency.review === 'none' ? (
        <p className="text-muted">
          {state === 'approved' || state === 'running'
            ? `Once its refs move it has to be reviewed within ${policy.reviewHours} h.`
            : 'None of its refs has moved, so there is nothing to review.'}
        </p>
      ) : (
        <p className="first-letter:uppercase">
          <ReviewText emergency={emergency} />.
        </p>
      )}
      {objection === undefined ? null : (
        <p>
          <b className="font-semibold">
            <UnsafeText text={objection.reviewer} /> objected:
          </b>{' '}
          “<MultilineText text={objection.comment} />”
        </p>
      )}
    </div>
  );
}

const WORDS: Partial<Record<PromotionDto['state'], string>> = {
  published: 'published',
  running: 'being published',
};
