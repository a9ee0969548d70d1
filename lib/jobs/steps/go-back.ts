import type { Checksum } from '../../ostree/format/checksum';
import { pull } from '../../ostree/pull/pull';
import { hashCommits } from '../hash-commits';
import type { RunScope } from '../run-scope';
import { makeCommit } from './make-commit';

/**
 * What a rollback does in the place of a pull: hashes all that its refs go back to where it lies in the target, trusting no head
 * for any of it, and, to roll forward, commits it anew. No ref changes, and what lies there stays as it is: a partial mark on
 * a commit that another ref may name would be one too many.
 *
 * @throws AppError `ostree/object-corrupt`, `ostree/object-missing`, which name what is damaged; as the engine's pull;
 *   `plan-changed` where a commit made anew is not the planned one
 */
export async function goBack(scope: RunScope): Promise<void> {
  const { recorder, target, moves, plan, signal, to } = scope;
  const former = [...new Set<Checksum>(moves.map((move) => move.source))];
  const objects = await hashCommits(target, former, {
    trustedHeads: [],
    signal,
    afterBatch: (fraction) => recorder.fraction(fraction),
  });
  recorder.line(`all ${objects} objects of what it goes back to are whole in ${to.name}`);
  if (plan.kind === 'roll-forward') {
    const commitsToWrite = moves.map((move) => makeCommit(scope, move));
    await pull(target, target, { commits: [], commitsToWrite, trustedHeads: former, signal });
    recorder.line(
      `${moves.length === 1 ? 'its tree is' : 'their trees are'} committed anew on top of the head`,
    );
  }
  scope.brought = [...new Set(moves.map((move) => move.resulting))];
}
