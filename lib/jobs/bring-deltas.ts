import { isWithinStage } from '../contracts/promotion';
import { carryDeltas } from '../ostree/pull/carry-deltas';
import { isIsolation } from './isolation';
import { assertFenced, openSource } from './open-source';
import type { RunScope } from './run-scope';

/** How many deltas that stay behind are named in the log of a step. */
const namedMax = 5;

/**
 * Brings the source's static deltas that lead to the commits of this run, before a ref or the summary names them. One
 * that lacks a signature which its commit has in the target stays behind, since it would make verifying clients fail;
 * clients do without it. A commit that was made anew has none,
 * and what a rollback goes back to has kept its own.
 *
 * @throws AppError `ostree/no-space`, `ostree/io-failed`, `ostree/aborted`
 */
export async function bringDeltas(scope: RunScope): Promise<void> {
  const { brought, edge, moves, plan, recorder, target } = scope;
  if (plan.mode === 'recommit' || isWithinStage(plan)) return;
  assertFenced(scope);
  const commits = [...new Set([...brought, ...moves.map(({ resulting }) => resulting)])];
  const { carried, left } = await carryDeltas(openSource(scope), target, commits, {
    isolation: isIsolation(edge.isolation) ? edge.isolation : 'hardlink',
    signal: scope.signal,
  });
  if (carried.length > 0) recorder.line(`${carried.length} static deltas came along`);
  for (const { name, why } of left.slice(0, namedMax)) {
    const short = name
      .split('-')
      .map((checksum) => checksum.slice(0, 10))
      .join('-');
    recorder.line(`static delta ${short} stays behind: ${why}`);
  }
  if (left.length > namedMax) recorder.line(`${left.length - namedMax} more static deltas stay behind`);
}
