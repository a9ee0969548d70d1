import type { Checksum } from '../format/checksum';
import type { Repo } from '../repo/open-repo';
import { storedBytes } from './free-space';
import { countObjects, eachBatch } from './object-list';
import type { PaceOptions } from './pacer';
import { planPull } from './plan-pull';

/**
 * What the tree of `to` has and that of `from` has not, in one repository: what a client that holds `from` alone fetches for it.
 * Bytes are those of the objects as they are stored; the commit itself is not counted. Throws as planPull.
 */
export async function countDifference(
  repo: Repo,
  { from, to }: { from: Checksum; to: Checksum },
  options: PaceOptions = {},
): Promise<{ objects: number; bytes: number }> {
  const { needed } = await planPull(repo, repo, { commits: [to], trustedHeads: [from] }, options);
  let bytes = 0;
  for (const { type, checksums } of eachBatch(needed)) {
    for (const checksum of checksums) bytes += storedBytes(repo, checksum, type);
  }
  return { objects: countObjects(needed), bytes };
}
