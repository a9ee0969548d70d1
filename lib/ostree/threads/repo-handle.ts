import { nodeFs } from '../fs-port';
import type { Repo } from '../repo/open-repo';

/** What another thread of this process needs to work on an open repository: descriptors belong to the whole process. */
export type RepoHandle = Omit<Repo, 'fs' | 'parent' | 'close'>;

/** Null where a repository cannot be worked on from another thread: a port of its own, or objects in a parent. */
export function repoHandle(repo: Repo): RepoHandle | null {
  if (repo.fs !== nodeFs || repo.parent !== null) return null;
  const { fs: _fs, parent: _parent, close: _close, ...handle } = repo;
  return handle;
}

/** The repository, for as long as its owner keeps it open. */
export function repoOfHandle(handle: RepoHandle): Repo {
  return { ...handle, fs: nodeFs, parent: null, close: () => undefined };
}
