import type { PromotionDto } from '@/lib/contracts/promotion';
import { joinWords, missingText } from './rule-text';
import type { StateTone } from './state-tone';

export interface ApprovalSummary {
  tone: StateTone;
  text: string;
  /** What is still to come, in a sentence; null where nothing is. */
  missing: string | null;
}

const ENDED: Partial<Record<PromotionDto['state'], string>> = {
  withdrawn: 'It was withdrawn before it was decided.',
  superseded: 'A newer request took its place; approvals of this one count no more.',
};

type Decided = Pick<PromotionDto, 'approvals' | 'rules' | 'state' | 'planChecksum'>;

/** How far a promotion's approvals are, by its rules. */
export function summariseApprovals({ approvals, rules, state, planChecksum }: Decided): ApprovalSummary {
  const isRejected = approvals.some(
    (each) => each.decision === 'reject' && !each.isVoid && each.planChecksum === planChecksum,
  );
  if (isRejected) return { tone: 'bad', text: 'rejected', missing: null };
  const required = rules.reduce((sum, rule) => sum + rule.required, 0);
  const given = rules.reduce((sum, rule) => sum + Math.min(rule.by.length, rule.required), 0);
  const text = `${given} of ${required}`;
  const open = rules.filter((rule) => !rule.isSatisfied);
  if (open.length === 0) return { tone: 'ok', text, missing: null };
  if (state !== 'requested') {
    return { tone: 'none', text, missing: ENDED[state] ?? null };
  }
  const groups = open.flatMap(({ group }) => (group === null ? [] : [group]));
  const who = open.map(({ group, required, by }) => missingText({ group, missing: required - by.length }));
  const must = `${joinWords(who.map((each, at) => (at === 0 ? each : lowerFirst(each))))} must still approve.`;
  return {
    tone: 'wait',
    text: groups.length === open.length ? `needs ${groups.join(' + ')}` : text,
    missing: open.some((rule) => rule.mayStillCount < rule.required - rule.by.length)
      ? `${must} There are not that many who may: ask again once there are.`
      : must,
  };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
