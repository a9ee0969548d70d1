import { posix } from 'node:path';
import { listRefs } from './list-refs';
import type { Repo } from './open-repo';

/** A ref that is another name for one. */
export interface RefAlias {
  readonly ref: string;
  /** The ref that it leads to. */
  readonly target: string;
}

/** The aliases among the repository's own refs, in the order of their bytes. Throws as listRefs. */
export function listAliases(repo: Repo): RefAlias[] {
  const aliases: RefAlias[] = [];
  for (const { ref } of listRefs(repo)) {
    const path = `refs/heads/${ref}`;
    if (repo.fs.lstat(`${repo.root}/${path}`)?.type !== 'symlink') continue;
    const target = Buffer.from(repo.fs.readlink(`${repo.root}/${path}`)).toString('utf8');
    aliases.push({ ref, target: posix.join(posix.dirname(ref), target) });
  }
  return aliases;
}
