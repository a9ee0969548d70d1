import { errnoOf } from '../../errors';
import type { Checksum } from '../format/checksum';
import { parseObjectFileName } from '../format/object-path';
import type { Repo } from './open-repo';

/** The commits of this very repository whose checksums begin with `prefix`; with '', all of them. */
export function commitsBeginningWith(repo: Repo, prefix: string): Checksum[] {
  const matches: Checksum[] = [];
  for (const { name: fanout } of readDirectory(repo, 'objects')) {
    if (!fanout.startsWith(prefix.slice(0, 2)) || fanout.length !== 2) continue;
    for (const { name } of readDirectory(repo, `objects/${fanout}`)) {
      const object = parseObjectFileName(fanout, name, repo.mode);
      if (object?.type === 'commit' && object.checksum.startsWith(prefix)) matches.push(object.checksum);
    }
  }
  return matches;
}

function readDirectory(repo: Repo, path: string): ReturnType<Repo['fs']['readdir']> {
  try {
    return repo.fs.readdir(`${repo.root}/${path}`);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}
