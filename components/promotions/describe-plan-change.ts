import { approvalPolicyOf, emergencyOf, type Plan } from '@/lib/contracts/promotion';
import { utcMinute } from '@/lib/contracts/utc-minute';
import { joinWords, ruleText } from './rule-text';

const short = (checksum: string | null) => (checksum === null ? 'nothing' : checksum.slice(0, 10));

/** What differs between the plan that was read and the one that holds now, a sentence each. */
export function describePlanChange(before: Plan, now: Plan): string[] {
  const changes: string[] = [];
  const known = new Map(before.refs.map((ref) => [ref.targetRef, ref]));
  for (const ref of now.refs) {
    const old = known.get(ref.targetRef);
    known.delete(ref.targetRef);
    if (old === undefined) {
      changes.push(`${ref.targetRef} is new in the plan.`);
      continue;
    }
    if (old.sourceChecksum !== ref.sourceChecksum && ref.resultingChecksum !== null)
      changes.push(
        `${ref.sourceRef} in ${now.edge.from} moved from ${short(old.sourceChecksum)} to ${short(ref.sourceChecksum)}.`,
      );
    if (old.expectedChecksum !== ref.expectedChecksum)
      changes.push(
        `${ref.targetRef} in ${now.edge.to} moved from ${short(old.expectedChecksum)} to ${short(ref.expectedChecksum)}.`,
      );
    if (old.sourceChecksum === ref.sourceChecksum && old.resultingChecksum !== ref.resultingChecksum)
      changes.push(`The commit made for ${ref.targetRef} is now ${short(ref.resultingChecksum)}.`);
  }
  for (const targetRef of known.keys()) changes.push(`${targetRef} is no longer in the plan.`);
  if (before.policyVersion !== now.policyVersion)
    changes.push(`The rules of the edge changed (version ${before.policyVersion} to ${now.policyVersion}).`);
  const [rules, rulesNow] = [before, now].map(rulesText);
  if (rules !== rulesNow) changes.push(`It now needs ${rulesNow} instead of ${rules}.`);
  else if (peopleOf(before) !== peopleOf(now)) changes.push('Other people than before may approve it.');
  if (JSON.stringify(emergencyOf(before)) !== JSON.stringify(emergencyOf(now)))
    changes.push('Who may publish it without approval, or until when that is reviewed, has changed.');
  if (before.notBefore !== now.notBefore) {
    changes.push(
      now.notBefore === undefined
        ? 'It begins as soon as it is approved.'
        : `It begins not before ${utcMinute(now.notBefore)}.`,
    );
  }
  if (before.mode !== now.mode) changes.push(`The mode is now ${now.mode} instead of ${before.mode}.`);
  return changes;
}

function rulesText(plan: Plan): string {
  return joinWords(approvalPolicyOf(plan).rules.map(ruleText));
}

function peopleOf(plan: Plan): string {
  return JSON.stringify(approvalPolicyOf(plan).rules.map(({ people }) => people));
}
