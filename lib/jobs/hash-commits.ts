import type { Checksum } from '../ostree/format/checksum';
import { countObjects, eachBatch } from '../ostree/pull/object-list';
import { Pacer } from '../ostree/pull/pacer';
import { planPull } from '../ostree/pull/plan-pull';
import { verifyPaced } from '../ostree/pull/verify-paced';
import type { Repo } from '../ostree/repo/open-repo';
import { verifyObject } from '../ostree/repo/verify-object';

export interface HashOptions {
  /** Heads whose trees are known to be whole. */
  trustedHeads: readonly Checksum[];
  signal: AbortSignal;
  /** Called after each batch, with how much is done, 0 to 1. */
  afterBatch?: (fraction: number) => Promise<void> | void;
}

/**
 * Hashes commits of a repository with every object of their trees that no trusted head has, where they lie.
 * @returns how many objects
 * @throws AppError `ostree/object-corrupt`, `ostree/object-missing`, `ostree/commit-partial`; `ostree/aborted`
 */
export async function hashCommits(
  repo: Repo,
  commits: readonly Checksum[],
  { trustedHeads, signal, afterBatch }: HashOptions,
): Promise<number> {
  for (const checksum of commits) verifyObject(repo, checksum, 'commit');
  const { needed } = await planPull(repo, repo, { commits, trustedHeads }, { signal });
  const total = countObjects(needed);
  const pacer = new Pacer({ signal });
  let done = 0;
  for (const { type, checksums } of eachBatch(needed)) {
    for (const object of checksums) {
      await verifyPaced(repo, { checksum: object, type }, pacer);
      if (pacer.isDue()) await pacer.pause();
    }
    done += checksums.length;
    await afterBatch?.(done / total);
  }
  return total + commits.length;
}
