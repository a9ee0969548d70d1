import { errnoOf } from '../../errors';
import type { Dict } from '../../gvariant';
import { serializeDict } from '../../gvariant';
import type { Checksum } from '../format/checksum';
import { type ObjectType, objectPath } from '../format/object-path';
import type { Breather } from '../repo/breather';
import type { StoredObject } from '../repo/find-own-objects';
import type { Repo } from '../repo/open-repo';
import { asWriteError } from './io-error';
import { removeTree } from './remove-tree';
import { removeTemporaryFile, syncDirectory, temporaryPath, writeDurableFile } from './write-durable-file';

/** Unlinks those of `objects` that are of one type. Not durable yet: adds to `touched` the directories that it leaves to sync. */
export async function removeOfType(
  repo: Repo,
  objects: readonly StoredObject[],
  wanted: ObjectType,
  touched: Set<string>,
  breather: Breather,
): Promise<void> {
  for (const { checksum, type } of objects) {
    if (type !== wanted) continue;
    if (type === 'commit') removeCommit(repo, checksum);
    else unlinkIfThere(repo, objectPath(checksum, type, repo.mode));
    touched.add(checksum.slice(0, 2));
    if (breather.isDue()) await breather.breathe();
  }
}

/** The commit, its detached metadata, and in its place a tombstone where the repository keeps those. */
function removeCommit(repo: Repo, checksum: Checksum): void {
  if (repo.config.tombstoneCommits) {
    // libostree stores the digits, as a string in bytes (`g_variant_new_bytestring`).
    const tombstone: Dict = new Map([['commit', { type: 'ay', value: Buffer.from(`${checksum}\0`) }]]);
    writeDurableFile(repo, objectPath(checksum, 'tombstone-commit', repo.mode), serializeDict(tombstone));
  }
  unlinkIfThere(repo, objectPath(checksum, 'commitmeta', repo.mode));
  unlinkIfThere(repo, objectPath(checksum, 'commit', repo.mode));
}

/** @returns whether it was there */
export function unlinkIfThere(repo: Repo, relativePath: string): boolean {
  try {
    repo.fs.unlink(`${repo.root}/${relativePath}`);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw asWriteError(repo, `removing ${relativePath} from`, error);
  }
}

/** A delta goes at once and whole: to a temporary name, under which what a death leaves of it is swept. */
export function removeDeltas(repo: Repo, deltas: readonly string[]): void {
  const graves: { path: string; grave: string; names: string[] }[] = [];
  try {
    for (const path of deltas) {
      const names = readdirIfThere(repo, path).map(({ name }) => name);
      const grave = temporaryPath(repo);
      repo.fs.rename(`${repo.root}/${path}`, grave);
      graves.push({ path, grave, names });
    }
    // Else a power cut could leave a delta where it was, with some of its parts, and nobody would know it for one.
    const parents = deltas.map((path) => path.slice(0, path.lastIndexOf('/')));
    for (const folder of graves.length === 0 ? [] : new Set(['tmp', ...parents])) {
      syncDirectory(repo, `${repo.root}/${folder}`);
    }
  } catch (error) {
    for (const one of graves) putBack(repo, one);
    throw error;
  }
  for (const { grave, names } of graves) {
    for (const name of names) removeTemporaryFile(repo, `${grave}/${name}`);
    removeTree(repo, grave);
  }
}

/** A delta of which nothing is gone; where it can't go back, it is swept like any other leftover. */
function putBack(repo: Repo, { path, grave }: { path: string; grave: string }): void {
  try {
    repo.fs.rename(grave, `${repo.root}/${path}`);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
}

export function readdirIfThere(repo: Repo, relativePath: string) {
  try {
    return repo.fs.readdir(`${repo.root}/${relativePath}`);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/**
 * Whether markers and signatures of commits that are not here are litter, of a prune or a pull that was killed. A pull of
 * libostree's that was interrupted may have the commit in a staging dir, and the next one counts on its marker then.
 */
export function isLeftoverLitter(repo: Repo): boolean {
  return !readdirIfThere(repo, 'tmp').some(({ name }) => name.startsWith('staging-'));
}
