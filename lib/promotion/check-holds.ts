import type { CheckDto } from '../contracts/promotion';

/** A hold that stands, as the rules look at it. */
export interface StandingHold {
  ref: string;
  scope: string;
  origin: string;
  promotionNumber: number | null;
  reason: string;
  setBy: string;
}

/** Of these holds the ones that a promotion waits for, whoever asked for it. */
export function everyHolds<H extends StandingHold>(holds: readonly H[]): H[] {
  return holds.filter(({ scope }) => scope === 'every');
}

/** "os/x is held in production by release-manager: the disk fills up": a clause, the last of it in the words of who set it. */
export function describeHold(
  { ref, origin, promotionNumber, reason, setBy }: StandingHold,
  stage: string,
): string {
  const by = origin === 'rollback' ? `since the rollback #${promotionNumber}` : `by ${setBy}`;
  return `${ref} is held in ${stage} ${by}: ${reason}`;
}

/** Whether refs of the plan are held. It may be asked for and approved all the same: the run waits. */
export function checkHolds(holds: readonly StandingHold[], to: string): CheckDto[] {
  return everyHolds(holds).map((hold) => ({
    code: 'held',
    title: 'Nobody holds it where it is',
    result: 'wait',
    detail: `${describeHold(hold, to)}; once approved, the run waits until the hold is lifted`,
    ref: hold.ref,
  }));
}
