import type { CheckDto } from '../../contracts/promotion';
import { utcMinute } from '../../contracts/utc-minute';
import { type Freeze, type FrozenBy, namesOf } from './find-freeze';

export interface FreezeFindings {
  /** The target's name. */
  to: string;
  /** What stops when it could begin. */
  freeze: Freeze | null;
  /** The first that begins after that, where one is near. */
  next: FrozenBy | null;
  /** When it could begin, in milliseconds since 1970. */
  at: number;
  expiryHours: number;
}

/** Whether the target is frozen. It may be asked for and approved all the same: the run waits. */
export function checkFreeze({ to, freeze, next, at, expiryHours }: FreezeFindings): CheckDto {
  const check = { code: 'freeze', title: `${to} is not frozen`, ref: null };
  if (freeze === null) {
    const soon = next === null ? '' : `; ${next.window.name} begins ${utcMinute(next.from)}`;
    return { ...check, result: 'pass', detail: `no freeze window holds${soon}` };
  }
  const { until } = freeze;
  const end = until === null ? ', with no end in sight' : ` until ${utcMinute(until)}`;
  const isLong = until === null || until - at > expiryHours * 3_600_000;
  const expire = isLong ? `; approvals count for ${expiryHours} h, so approve near its end` : '';
  const detail = `frozen by ${namesOf(freeze)}${end}: once approved, its run waits till then${expire}`;
  return { ...check, result: 'warn', detail };
}
