import type { Repo } from '../repo/open-repo';
import { syncDirectory } from '../write/write-durable-file';

/** From this many on, one syncfs costs less than an fsync of each. */
const SYNCFS_PAYS_FROM = 17;

/** Makes the entries of directories of `objects/` durable. */
export function syncFanouts(target: Repo, paths: readonly { readonly path: string }[]): void {
  const fanouts = new Set(paths.map(({ path }) => path.slice(0, 2)));
  if (fanouts.size >= SYNCFS_PAYS_FROM) target.fs.syncfs(target.rootFd);
  else for (const fanout of fanouts) syncDirectory(target, `${target.root}/objects/${fanout}`);
}
