import { asSentence } from '@/components/ui/as-sentence';
import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { RelativeTime } from '@/components/ui/relative-time';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { RuleStateDto } from '@/lib/contracts/policy';
import { type ApprovalDto, automaticOf, type PromotionDto } from '@/lib/contracts/promotion';
import { MultilineText } from './multiline-text';
import { ruleText } from './rule-text';
import { summariseApprovals } from './summarise-approvals';

/** The rules with who satisfies them and who still may, who decided what, and why the reader can't decide if they can't. */
export function ApprovalsCard({ promotion }: { promotion: PromotionDto }) {
  if (automaticOf(promotion.plan)?.approval === 'none') return <NoApprovals />;
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
        <ul aria-label="Approval rules" className="grid gap-2">
          {promotion.rules.map((rule) => (
            <RuleItem key={rule.group ?? ''} rule={rule} isOpen={promotion.state === 'requested'} />
          ))}
        </ul>
        {promotion.approvals.length === 0 ? null : (
          <ul aria-label="Decisions" className="grid gap-2.5 border-t border-line pt-2.5">
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

function NoApprovals() {
  return (
    <Card title="Approvals" actions={<Chip tone="wait">none asked for</Chip>}>
      <p className="text-muted">
        The edge promotes it by itself and asks for no approval then. A release manager can withdraw it, or
        cancel its run before its refs move.
      </p>
    </Card>
  );
}

/** A rule with who satisfies it and, while it is open, who still may. */
export function RuleItem({ rule, isOpen }: { rule: RuleStateDto; isOpen: boolean }) {
  const waits = isOpen && !rule.isSatisfied;
  return (
    <li>
      <span className="flex flex-wrap items-center gap-1.5">
        <Chip tone={rule.isSatisfied ? 'ok' : waits ? 'wait' : 'none'} hasDot>
          {ruleText(rule)}
        </Chip>
        {rule.by.length === 0 ? null : (
          <b className="font-semibold">
            <UnsafeText text={rule.by.join(', ')} />
          </b>
        )}
      </span>
      {!waits ? null : rule.mayStillCount === 0 ? (
        <span className="block text-sm text-bad">Nobody is left who may.</span>
      ) : (
        <span className="block text-sm text-muted">
          still may: <UnsafeText text={rule.mayStill.join(', ')} />
          {rule.mayStillCount > rule.mayStill.length
            ? ` and ${rule.mayStillCount - rule.mayStill.length} more`
            : ''}
        </span>
      )}
    </li>
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
      {approval.voided === null ? null : (
        <p className="text-sm break-words text-muted">
          Void
          {approval.voided.at === null ? null : (
            <>
              {' '}
              since <RelativeTime iso={approval.voided.at} />
            </>
          )}
          : <UnsafeText text={approval.voided.why} />. It was for plan{' '}
          <code>{approval.planChecksum.slice(0, 10)}</code>.
        </p>
      )}
      {approval.expiresAt === null ? null : (
        <p className="text-sm text-faint">
          Expires <RelativeTime iso={approval.expiresAt} />
        </p>
      )}
    </li>
  );
}
