import type { AutomaticPolicy } from '../contracts/policy';
import type { CheckDto } from '../contracts/promotion';

/** Who approves a plan: what `approvers` says of its rules, unless the edge lets it through by itself. */
export function checkAutomatic(automatic: AutomaticPolicy | null, approvers: CheckDto): CheckDto[] {
  if (automatic?.approval !== 'none') return [approvers];
  const detail = 'the edge promotes it by itself, and asks for no approval then';
  return [{ code: 'automatic', title: 'Nobody approves it', result: 'warn', detail, ref: null }];
}
