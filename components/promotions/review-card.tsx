import { asSentence } from '@/components/ui/as-sentence';
import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { RelativeTime } from '@/components/ui/relative-time';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { EmergencyStateDto, PromotionDto, ReviewState } from '@/lib/contracts/promotion';
import { RuleItem } from './approvals-card';
import { MultilineText } from './multiline-text';

const STATES: Record<ReviewState, { tone: 'none' | 'wait' | 'bad' | 'ok'; text: string }> = {
  none: { tone: 'none', text: 'nothing to review' },
  due: { tone: 'wait', text: 'due' },
  overdue: { tone: 'bad', text: 'overdue' },
  reviewed: { tone: 'ok', text: 'reviewed' },
};

/** Who has looked at an emergency afterwards, who still has to, and why the reader can't if they can't. */
export function ReviewCard({
  promotion,
  emergency,
}: {
  promotion: PromotionDto;
  emergency: EmergencyStateDto;
}) {
  const { review } = promotion.offers;
  const isOpen = emergency.review === 'due' || emergency.review === 'overdue';
  const { tone, text } = STATES[emergency.review];
  return (
    <Card
      title="Review afterwards"
      actions={
        <Chip tone={emergency.hasObjection ? 'bad' : tone} hasDot>
          {emergency.hasObjection ? `${text}, objected` : text}
        </Chip>
      }
    >
      <div className="grid gap-2.5">
        <p className="text-muted">
          Nobody approved it. Whoever could have looks at it afterwards, by the same rules.
          {emergency.dueAt === null || !isOpen ? null : (
            <>
              {' '}
              Due <RelativeTime iso={emergency.dueAt} />.
            </>
          )}
        </p>
        <ul aria-label="Review rules" className="grid gap-2">
          {promotion.reviewRules.map((rule) => (
            <RuleItem key={rule.group ?? ''} rule={rule} isOpen={isOpen} />
          ))}
        </ul>
        {promotion.reviews.length === 0 ? null : (
          <ul aria-label="Reviews" className="grid gap-2.5 border-t border-line pt-2.5">
            {promotion.reviews.map((each) => (
              <ReviewItem key={each.at + each.reviewer} review={each} />
            ))}
          </ul>
        )}
        {!isOpen ? null : review.isAllowed ? (
          <p className="text-muted">You can review it. What you say stands for ever.</p>
        ) : review.why === null ? null : (
          <p className="text-faint">{asSentence(review.why)}</p>
        )}
      </div>
    </Card>
  );
}

function ReviewItem({ review }: { review: PromotionDto['reviews'][number] }) {
  return (
    <li>
      <span className="flex flex-wrap items-center gap-1.5">
        <Chip tone={review.verdict === 'accepted' ? 'ok' : 'bad'} hasDot>
          {review.verdict}
        </Chip>
        <b className="font-semibold">
          <UnsafeText text={review.reviewer} />
        </b>
        <span className="text-faint">
          <RelativeTime iso={review.at} />
        </span>
      </span>
      <p className="mt-0.5 break-words text-muted">
        “<MultilineText text={review.comment} />”
      </p>
    </li>
  );
}
