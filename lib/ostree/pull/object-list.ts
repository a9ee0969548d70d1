import type { Checksum } from '../format/checksum';
import { fileExtension, type ObjectType, type RepoMode } from '../format/object-path';
import type { EntryType } from '../fs-port';
import type { Repo } from '../repo/open-repo';
import type { NeededObjects } from './walk-tree';

/** An object of a pull, with its place below `objects/`, which is the same in source and target. */
export interface ObjectToImport {
  readonly checksum: Checksum;
  readonly type: ObjectType;
  /** `ab/cdef….filez` */
  readonly path: string;
}

/**
 * What a pull needs, in the order in which it is imported: content, then dirmetas, then dirtrees with children before
 * parents. Content is sorted, so that one directory is worked on after the other.
 */
export function listObjects(needed: NeededObjects, mode: RepoMode): ObjectToImport[] {
  const files = [...needed.files].sort().map((checksum) => toObject(checksum, 'file', mode));
  const dirmetas = Array.from(needed.dirmetas, (checksum) => toObject(checksum, 'dirmeta', mode));
  const dirtrees = Array.from(needed.dirtrees, (checksum) => toObject(checksum, 'dirtree', mode));
  return [...files, ...dirmetas, ...dirtrees];
}

export function toObject(checksum: Checksum, type: ObjectType, mode: RepoMode): ObjectToImport {
  const extension = type === 'file' ? fileExtension(mode) : type;
  return { checksum, type, path: `${checksum.slice(0, 2)}/${checksum.slice(2)}.${extension}` };
}

/**
 * From this many objects on, reading whole directories costs less than a call for each object: there are 256
 * directories, and each entry of one costs about a quarter of a call.
 */
const LISTING_PAYS_FROM = 4000;

/** What lies under the names of `objects` in a repository; names that are not there are missing in the map. */
export function lookAtObjects(repo: Repo, objects: readonly ObjectToImport[]): Map<string, EntryType> {
  const found = new Map<string, EntryType>();
  if (objects.length < LISTING_PAYS_FROM) {
    for (const { path } of objects) {
      const stat = repo.fs.lstat(`${repo.root}/objects/${path}`);
      if (stat !== null) found.set(path, stat.type);
    }
    return found;
  }
  const wanted = new Set(objects.map(({ path }) => path));
  for (const { name: fanout, type } of repo.fs.readdir(`${repo.root}/objects`)) {
    if (type !== 'directory' || fanout.length !== 2) continue;
    for (const entry of repo.fs.readdir(`${repo.root}/objects/${fanout}`)) {
      const path = `${fanout}/${entry.name}`;
      if (wanted.has(path)) found.set(path, entry.type);
    }
  }
  return found;
}

/** Whether something of that type can be the object; only repositories of the bare modes keep real symlinks. */
export function isObjectType(repo: Repo, object: ObjectToImport, type: EntryType): boolean {
  if (type === 'file') return true;
  if (type !== 'symlink' || object.type !== 'file') return false;
  return repo.mode === 'bare' || repo.mode === 'bare-user-only';
}
