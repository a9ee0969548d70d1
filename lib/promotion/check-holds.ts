import { automaticOf, type CheckDto, isRollback, type Plan } from '../contracts/promotion';

/** A hold that stands, as the rules look at it. */
export interface StandingHold {
  ref: string;
  scope: string;
  origin: string;
  promotionNumber: number | null;
  reason: string;
  setBy: string;
}

/**
 * Of the holds that stand on the plan's refs the ones that its run waits for: what nobody asked for waits for all, and a
 * rollback for none, since that is what holds are made for. A removal waits as a promotion does: the ref is to stay.
 */
export function holdsAgainst<H extends StandingHold>(plan: Plan, holds: readonly H[]): H[] {
  if (isRollback(plan)) return [];
  return holds.filter(({ scope }) => scope === 'every' || automaticOf(plan) !== null);
}

/** "os/x is held in production by release-manager: the disk fills up": a clause, the last of it in the words of who set it. */
export function describeHold(
  { ref, origin, promotionNumber, reason, setBy }: StandingHold,
  stage: string,
): string {
  const causes: Record<string, string> = {
    rollback: `since the rollback #${promotionNumber}`,
    removal: `since #${promotionNumber} removed it`,
  };
  const by = causes[origin] ?? `by ${setBy}`;
  return `${ref} is held in ${stage} ${by}: ${reason}`;
}

/**
 * Whether refs of the plan are held. It may be asked for and approved all the same: the run waits. And whether it brings back
 * what somebody removed.
 */
export function checkHolds(plan: Plan, holds: readonly StandingHold[]): CheckDto[] {
  const against = holdsAgainst(plan, holds);
  const removed = holds.filter((hold) => hold.origin === 'removal' && !against.includes(hold));
  return [
    ...against.map(
      (hold): CheckDto => ({
        code: 'held',
        title: 'Nobody holds it where it is',
        result: 'wait',
        detail: `${describeHold(hold, plan.edge.to)}; once approved, the run waits until the hold is lifted`,
        ref: hold.ref,
      }),
    ),
    ...removed
      .filter(({ ref }) => isNewThere(plan, ref))
      .map(
        ({ ref, promotionNumber, reason }): CheckDto => ({
          code: 'removed',
          title: 'Nobody removed it on purpose',
          result: 'warn',
          detail: `#${promotionNumber} removed it from ${plan.edge.to}: ${reason}; this brings it back`,
          ref,
        }),
      ),
  ];
}

function isNewThere({ refs }: Plan, ref: string): boolean {
  return refs.some(({ targetRef, expectedChecksum }) => targetRef === ref && expectedChecksum === null);
}
