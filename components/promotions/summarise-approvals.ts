import type { PromotionDto } from '@/lib/contracts/promotion';
import type { StateTone } from './state-tone';

export interface ApprovalSummary {
  tone: StateTone;
  text: string;
  /** What is still to come, in a sentence; null where nothing is. */
  missing: string | null;
}

type Decided = Pick<PromotionDto, 'approvals' | 'approvalsRequired' | 'state' | 'planChecksum'>;

/** How far a promotion's approvals are. Void ones and those for another plan don't count. */
export function summariseApprovals(promotion: Decided): ApprovalSummary {
  const counting = promotion.approvals.filter(
    (approval) => !approval.isVoid && approval.planChecksum === promotion.planChecksum,
  );
  const rejections = counting.filter((approval) => approval.decision === 'reject').length;
  const given = new Set(
    counting.filter((approval) => approval.decision === 'approve').map((approval) => approval.reviewer),
  ).size;
  const required = promotion.approvalsRequired;
  if (rejections > 0) return { tone: 'bad', text: 'rejected', missing: null };
  if (given >= required) return { tone: 'ok', text: `${given} of ${required}`, missing: null };
  if (promotion.state !== 'requested')
    return {
      tone: 'none',
      text: `${given} of ${required}`,
      missing: promotion.state === 'withdrawn' ? 'It was withdrawn before it was decided.' : null,
    };
  const left = required - given;
  const who = left === 1 ? 'One reviewer' : `${left} reviewers`;
  return {
    tone: 'wait',
    text: `${given} of ${required}`,
    missing: `${who} other than the one who asked must still approve.`,
  };
}
