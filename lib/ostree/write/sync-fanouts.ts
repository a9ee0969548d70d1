import type { Repo } from '../repo/open-repo';
import { syncDirectory } from './write-durable-file';

/** From this many on, one syncfs costs less than an fsync of each. */
const SYNCFS_PAYS_FROM = 17;

/** Makes the entries of directories of `objects/` durable, those that were made and those that went. */
export function syncFanouts(repo: Repo, fanouts: ReadonlySet<string>): void {
  if (fanouts.size >= SYNCFS_PAYS_FROM) repo.fs.syncfs(repo.rootFd);
  else for (const fanout of fanouts) syncDirectory(repo, `${repo.root}/objects/${fanout}`);
}
