import { isAppError } from '../errors';
import { type Checksum, lookupPath, type Repo, readCommit, readFileContent } from '../ostree';
import { DPKG_STATUS_BYTES_MAX, dpkgStatusPaths, parseDpkgStatus } from './dpkg-status';
import type { ServiceContext } from './service-context';

/** Debian packages of a commit, by the database in its tree; null where it has none that can be read. */
export async function commitPackages(
  ctx: ServiceContext,
  repo: Repo,
  checksum: Checksum,
): Promise<ReadonlyMap<string, string> | null> {
  const found = await ctx.cache.getOrMake(
    `packages:${checksum}`,
    async () => ({ packages: readPackages(repo, checksum) }),
    ({ packages }) => (packages?.size ?? 0) + 1,
  );
  return found.packages;
}

function readPackages(repo: Repo, checksum: Checksum): Map<string, string> | null {
  const commit = readCommit(repo, checksum);
  for (const path of dpkgStatusPaths) {
    try {
      const entry = lookupPath(repo, commit, path);
      if (entry.type !== 'file' || entry.sizeBytes > BigInt(DPKG_STATUS_BYTES_MAX)) continue;
      const bytes = readFileContent(repo, entry.checksum, { maxBytes: DPKG_STATUS_BYTES_MAX });
      return parseDpkgStatus(new TextDecoder().decode(bytes));
    } catch (error) {
      if (!isAppError(error, 'ostree/path-not-found')) throw error;
    }
  }
  return null;
}
