import type { ApprovalPolicy } from '../contracts/policy';
import type { CheckDto } from '../contracts/promotion';
import type { Reader } from '../db/client';
import { findFreezeWindowsOf, freezeWindowOf } from '../db/freeze';
import { checkFreeze } from '../promotion/freeze/check-freeze';
import { findFreeze, timesOf } from '../promotion/freeze/find-freeze';

/** How near a freeze has to be for a plan to speak of it, in milliseconds. */
const SOON = 7 * 86_400_000;

/** Whether the target is frozen when a promotion could begin; nothing where it has no freeze windows. */
export async function freezeChecks(
  db: Reader,
  to: { id: string; name: string },
  { at, notBefore, approval }: { at: Date; notBefore: string | undefined; approval: ApprovalPolicy },
): Promise<CheckDto[]> {
  const windows = (await findFreezeWindowsOf(db, to.id)).map(freezeWindowOf);
  if (windows.length === 0) return [];
  const begin = Math.max(at.getTime(), notBefore === undefined ? 0 : Date.parse(notBefore));
  const freeze = findFreeze(windows, begin);
  const next = timesOf(windows, begin, begin + SOON).find((each) => each.from > begin) ?? null;
  return [checkFreeze({ to: to.name, freeze, next, at: begin, expiryHours: approval.expiryHours })];
}
