import type { CheckDto } from '../contracts/promotion';
import { utcMinute } from '../contracts/utc-minute';

/**
 * Whether approvals still hold when a scheduled promotion begins: whoever approves too early approves in vain.
 * @param at when the plan is looked at
 */
export function checkSchedule(notBefore: string, expiryHours: number, at: Date): CheckDto {
  const check = { code: 'schedule', title: 'It is approved when it begins', ref: null };
  const earliest = Date.parse(notBefore) - expiryHours * 3_600_000;
  if (earliest <= at.getTime()) {
    return { ...check, result: 'pass', detail: `approvals count for ${expiryHours} h, so till it begins` };
  }
  const detail = `approvals count for ${expiryHours} h: one given before ${utcMinute(earliest)} has expired when it begins`;
  return { ...check, result: 'warn', detail };
}
