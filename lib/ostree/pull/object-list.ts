import type { Checksum } from '../format/checksum';
import { fileExtension, type ObjectType, type RepoMode } from '../format/object-path';
import type { DirEntry, EntryType } from '../fs-port';
import type { Repo } from '../repo/open-repo';
import type { NeededObjects } from './walk-tree';

/** An object of a pull, with its place below `objects/`, which is the same in source and target. */
export interface ObjectToImport {
  readonly checksum: Checksum;
  readonly type: ObjectType;
  /** `ab/cdef….filez` */
  readonly path: string;
}

export interface ImportCounts {
  objectsLinked: number;
  objectsCopied: number;
  objectsPresent: number;
  bytesCopied: number;
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

/** Those of `objects` under whose names anything lies in a repository, by path. */
export function lookAtObjects(repo: Repo, objects: readonly ObjectToImport[]): Map<string, EntryType> {
  const present = new Map<string, EntryType>();
  if (objects.length < LISTING_PAYS_FROM) {
    for (const { path } of objects) {
      const stat = repo.fs.lstat(`${repo.root}/objects/${path}`);
      if (stat !== null) present.set(path, stat.type);
    }
    return present;
  }
  const wanted = new Set(objects.map(({ path }) => path));
  for (const [fanout, entries] of eachFanout(repo)) {
    for (const { name, type } of entries) {
      const path = `${fanout}/${name}`;
      if (wanted.has(path)) present.set(path, type);
    }
  }
  return present;
}

/**
 * The first of `objects` whose name in a repository is one of something that cannot be an object, or null. A name
 * under which nothing lies counts only where few are asked for: linking finds it out as well.
 */
export function findWrongType(
  repo: Repo,
  objects: readonly ObjectToImport[],
): { object: ObjectToImport; isMissing: boolean } | null {
  if (objects.length < LISTING_PAYS_FROM) {
    for (const object of objects) {
      const stat = repo.fs.lstat(`${repo.root}/objects/${object.path}`);
      if (stat === null) return { object, isMissing: true };
      if (!isObjectType(repo, object, stat.type)) return { object, isMissing: false };
    }
    return null;
  }
  const odd = new Map<string, EntryType>();
  for (const [fanout, entries] of eachFanout(repo)) {
    for (const { name, type } of entries) if (type !== 'file') odd.set(`${fanout}/${name}`, type);
  }
  if (odd.size === 0) return null;
  const object = objects.find((one) => {
    const type = odd.get(one.path);
    return type !== undefined && !isObjectType(repo, one, type);
  });
  return object === undefined ? null : { object, isMissing: false };
}

function* eachFanout(repo: Repo): Generator<[string, DirEntry[]], void, undefined> {
  for (const { name, type } of repo.fs.readdir(`${repo.root}/objects`)) {
    if (type !== 'directory' || name.length !== 2) continue;
    yield [name, repo.fs.readdir(`${repo.root}/objects/${name}`)];
  }
}

/** Whether something of that type can be the object; only repositories of the bare modes keep real symlinks. */
export function isObjectType(repo: Repo, object: ObjectToImport, type: EntryType): boolean {
  if (type === 'file') return true;
  if (type !== 'symlink' || object.type !== 'file') return false;
  return repo.mode === 'bare' || repo.mode === 'bare-user-only';
}
