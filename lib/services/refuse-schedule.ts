import { InputInvalidError } from './parse-input';

const AHEAD_DAYS_MAX = 366;

/**
 * Refuses a time for a promotion that has passed already, or that nobody means.
 * @throws InputInvalidError for `notBefore`
 */
export function refuseSchedule(notBefore: string | undefined, now: Date): void {
  if (notBefore === undefined) return;
  const ahead = Date.parse(notBefore) - now.getTime();
  if (ahead <= 0)
    throw new InputInvalidError({ notBefore: 'this time has passed; choose a later one or none' });
  if (ahead > AHEAD_DAYS_MAX * 86_400_000) {
    throw new InputInvalidError({ notBefore: `choose a time within ${AHEAD_DAYS_MAX} days` });
  }
}
