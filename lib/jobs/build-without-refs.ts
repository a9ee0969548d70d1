import { AppError } from '../errors';
import { parseSummary } from '../ostree/format/summary';
import { buildSummary } from '../ostree/write/build-summary';
import type { RunScope } from './run-scope';

/**
 * The summary of the target without the refs that the run removes.
 * @throws AppError `plan-blocked` where one would be listed all the same; as buildSummary
 */
export function buildWithoutRefs({ ctx, target, removals, to }: RunScope): Uint8Array {
  const withoutRefs = new Set(removals.map(({ targetRef }) => targetRef));
  const built = buildSummary(target, { now: ctx.clock.now(), withoutRefs });
  const listed = parseSummary(built).refs.find(({ ref }) => withoutRefs.has(ref));
  if (listed === undefined) return built;
  throw new AppError(
    'plan-blocked',
    `${to.name} has ${listed.ref} under refs/mirrors of its own collection too; delete that first`,
    { details: { stage: to.name, ref: listed.ref } },
  );
}
