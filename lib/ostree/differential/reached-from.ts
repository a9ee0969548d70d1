import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Checksum } from '../format/checksum';
import { parseCommit } from '../format/commit';
import { parseDirtree } from '../format/dirtree';
import { objectName, objectPath, type RepoMode } from '../format/object-path';

/** A directory whose children are still to be looked at. */
interface Pending {
  readonly dirtree: Checksum;
  readonly path: string;
}

/**
 * Every object that a commit needs, itself included, as `<checksum>.<type>`, with the paths that lead to it. Written
 * to be plainly right, and apart from the engine's own walks, which it is there to check. What is not in the
 * repository has nothing below it.
 */
export function reachedFrom(repoPath: string, mode: RepoMode, commit: Checksum): Map<string, string[]> {
  const reached = new Map<string, string[]>();
  const add = (object: string, path: string) => reached.set(object, [...(reached.get(object) ?? []), path]);
  const commitFile = join(repoPath, objectPath(commit, 'commit', mode));
  if (!existsSync(commitFile)) return reached;
  const { rootDirtree, rootDirmeta } = parseCommit(readFileSync(commitFile));
  add(objectName(commit, 'commit'), '/');
  add(objectName(rootDirmeta, 'dirmeta'), '/');
  const pending: Pending[] = [{ dirtree: rootDirtree, path: '' }];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const { dirtree, path } = at;
    add(objectName(dirtree, 'dirtree'), path === '' ? '/' : path);
    const file = join(repoPath, objectPath(dirtree, 'dirtree', mode));
    if (!existsSync(file)) continue;
    const { files, dirs } = parseDirtree(readFileSync(file));
    for (const { name, checksum } of files) add(objectName(checksum, 'file'), `${path}/${name}`);
    for (const { name, dirtree: child, dirmeta } of dirs) {
      add(objectName(dirmeta, 'dirmeta'), `${path}/${name}`);
      pending.push({ dirtree: child, path: `${path}/${name}` });
    }
  }
  return reached;
}
