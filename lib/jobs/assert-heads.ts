import { AppError } from '../errors';
import { resolveRef } from '../ostree/repo/resolve-rev';
import { type RunScope, standingOf } from './run-scope';

/**
 * Invariant 2. Past the commit point some of the heads are the planned ones already.
 * @throws AppError `target-moved`; `target-drifted` past the commit point
 */
export function assertHeads({ target, moves, removals, isForward, to }: RunScope): void {
  const refs = [...moves, ...removals];
  for (const [at, standing] of standingOf(target, refs).entries()) {
    if (standing === 'expected' || (isForward && standing === 'resulting')) continue;
    const { targetRef, expected } = refs[at] as (typeof refs)[number];
    const now = resolveRef(target, targetRef);
    throw new AppError(
      isForward ? 'target-drifted' : 'target-moved',
      `${targetRef} in ${to.name} is at ${now?.slice(0, 10) ?? 'nothing'}, not at ${expected?.slice(0, 10) ?? 'nothing'} as planned`,
      { details: { stage: to.name, ref: targetRef, expected, now } },
    );
  }
}
