import { asSentence } from '@/components/ui/as-sentence';
import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { RelativeTime } from '@/components/ui/relative-time';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { ApprovalDto, PromotionDto } from '@/lib/contracts/promotion';
import { MultilineText } from './multiline-text';
import { summariseApprovals } from './summarise-approvals';

/** Who decided what about the plan, what is still missing, and why the reader can't decide if they can't. */
export function ApprovalsCard({ promotion }: { promotion: PromotionDto }) {
  const { tone, text, missing } = summariseApprovals(promotion);
  const { approve } = promotion.offers;
  return (
    <Card
      title="Approvals"
      actions={
        <Chip tone={tone} hasDot>
          {text}
        </Chip>
      }
    >
      <div className="grid gap-2.5">
        {promotion.approvals.length === 0 ? null : (
          <ul className="grid gap-2.5">
            {promotion.approvals.map((approval) => (
              <ApprovalItem key={approval.id} approval={approval} />
            ))}
          </ul>
        )}
        {missing === null ? null : <p className="text-muted">{missing}</p>}
        {promotion.state !== 'requested' ? null : approve.isAllowed ? (
          <p className="text-muted">You can decide. Your approval holds for this plan only.</p>
        ) : approve.why === null ? null : (
          <p className="text-faint">{asSentence(approve.why)}</p>
        )}
      </div>
    </Card>
  );
}

function ApprovalItem({ approval }: { approval: ApprovalDto }) {
  const isApproval = approval.decision === 'approve';
  return (
    <li>
      <span className="flex flex-wrap items-center gap-1.5">
        <Chip tone={approval.isVoid ? 'none' : isApproval ? 'ok' : 'bad'} hasDot>
          {approval.isVoid ? 'void' : isApproval ? 'approved' : 'rejected'}
        </Chip>
        <b className={`font-semibold ${approval.isVoid ? 'text-muted line-through' : ''}`}>
          <UnsafeText text={approval.reviewer} />
        </b>
        <span className="text-faint">
          <RelativeTime iso={approval.createdAt} />
        </span>
      </span>
      {approval.comment === '' ? null : (
        <p className="mt-0.5 break-words text-muted">
          “<MultilineText text={approval.comment} />”
        </p>
      )}
      {approval.isVoid ? (
        <p className="text-sm text-faint">
          It was for plan <code>{approval.planChecksum.slice(0, 10)}</code>, which has changed since.
        </p>
      ) : null}
    </li>
  );
}
