import { AppError } from '../../errors';
import { objectName } from '../../ostree/format/object-path';
import { countObjects, eachBatch, isObjectType, lookAtBatch } from '../../ostree/pull/object-list';
import { planPull } from '../../ostree/pull/plan-pull';
import type { ObjectBatch } from '../../ostree/repo/object-batch';
import { commitState, readCommit } from '../../ostree/repo/read-commit';
import { listCommitsToBring } from '../commits-to-bring';
import type { RefMove, RunScope } from '../run-scope';
import { findTrustedHeads } from '../trusted-heads';

/**
 * Looks at what has come from the target's side alone: each planned commit is there, whole and unmarked, with the
 * planned content, and so is every object of it that no trusted head has.
 *
 * @throws AppError `ostree/object-missing`, `ostree/object-corrupt`, `ostree/commit-partial`, `plan-changed`
 */
export async function verify(scope: RunScope): Promise<void> {
  const { recorder, target, moves, to } = scope;
  for (const move of moves) assertPlannedCommit(scope, move);
  const heads = moves.map((move) => move.resulting);
  const brought = new Set(moves.flatMap((move) => listCommitsToBring(target, move.resulting, move.expected)));
  const { commits, needed } = await planPull(
    target,
    target,
    {
      commits: heads,
      historyUntil: (checksum) => !brought.has(checksum),
      // A planned head that a ref names already, after a crash, proves nothing about itself.
      trustedHeads: (await findTrustedHeads(scope)).filter((head) => !brought.has(head)),
    },
    { signal: scope.signal },
  );
  for (const { checksum } of commits) assertWhole(scope, checksum);
  for (const batch of eachBatch(needed)) assertThere(scope, batch);
  recorder.line(`${commits.length} new in ${to.name}, with ${countObjects(needed)} objects below, all there`);
}

function assertThere({ target }: RunScope, batch: ObjectBatch): void {
  const found = lookAtBatch(target, batch);
  const missing = batch.checksums.find((checksum) => {
    const type = found.get(checksum);
    return type === undefined || !isObjectType(target, batch, type);
  });
  if (missing === undefined) return;
  const name = objectName(missing, batch.type);
  throw new AppError('ostree/object-missing', `${name} did not arrive in ${target.path}`, {
    details: { object: name, path: target.path },
  });
}

function assertPlannedCommit({ target }: RunScope, { resulting, content, targetRef }: RefMove): void {
  const commit = readCommit(target, resulting);
  if (commit.contentChecksum === content) return;
  throw new AppError('plan-changed', `the commit for ${targetRef} does not have the planned content`, {
    details: { ref: targetRef, commit: resulting },
  });
}

function assertWhole({ target }: RunScope, checksum: RefMove['resulting']): void {
  if (commitState(target, checksum) === 'complete') return;
  throw new AppError('ostree/commit-partial', `${checksum}.commit in ${target.path} is not complete`, {
    details: { object: `${checksum}.commit`, path: target.path },
  });
}
