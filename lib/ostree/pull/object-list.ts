import { errnoOf } from '../../errors';
import type { Checksum } from '../format/checksum';
import type { ChecksumSet } from '../format/checksum-set';
import { looseName, type ObjectType, type RepoMode } from '../format/object-path';
import type { DirEntry, EntryType } from '../fs-port';
import {
  LINKED_PER_BATCH,
  type ObjectBatch,
  packedBatches,
  toBatches,
  unpackBatch,
} from '../repo/object-batch';
import type { Repo } from '../repo/open-repo';
import type { NeededObjects } from './walk-tree';

/** An object of a pull, with its place below `objects/`, which is the same in source and target of one mode. */
export interface ObjectToImport {
  readonly checksum: Checksum;
  readonly type: ObjectType;
  /** `ab/cdef….filez` */
  readonly path: string;
}

export function toObject(checksum: Checksum, type: ObjectType, mode: RepoMode): ObjectToImport {
  return { checksum, type, path: looseName(checksum, type, mode) };
}

export interface ImportCounts {
  objectsLinked: number;
  objectsCopied: number;
  objectsPresent: number;
  bytesCopied: number;
}

/** Metadata lies scattered over `objects/`, and each batch looks at every directory that it touches. */
const METADATA_PER_BATCH = 1024;

/** How many objects a pull needs, commits not counted. */
export function countObjects({ files, dirmetas, dirtrees }: NeededObjects): number {
  return files.size + dirmetas.size + dirtrees.size;
}

/** Content, which has no order of its own. */
export function* fileBatches(files: ChecksumSet): Generator<ObjectBatch, void, undefined> {
  for (const batch of packedBatches('file', files.inPieces(LINKED_PER_BATCH))) yield unpackBatch(batch);
}

/** Dirmetas, then dirtrees, children before parents as they were found. */
export function* metadataBatches({
  dirmetas,
  dirtrees,
}: NeededObjects): Generator<ObjectBatch, void, undefined> {
  yield* toBatches('dirmeta', dirmetas, METADATA_PER_BATCH);
  yield* toBatches('dirtree', dirtrees, METADATA_PER_BATCH);
}

/** All of it, in the order in which it is imported. */
export function* eachBatch(needed: NeededObjects): Generator<ObjectBatch, void, undefined> {
  yield* fileBatches(needed.files);
  yield* metadataBatches(needed);
}

/** From this many names in one directory on, reading it whole costs less than a call for each name. */
const LISTING_PAYS_FROM = 100;

/** What lies under the names of a batch in a repository; names under which nothing lies are left out. */
export function lookAtBatch(repo: Repo, { type, checksums }: ObjectBatch): Map<Checksum, EntryType> {
  const found = new Map<Checksum, EntryType>();
  for (const [fanout, group] of groupByFanout(checksums)) {
    if (group.length < LISTING_PAYS_FROM) {
      for (const checksum of group) {
        const entryType = repo.fs.statTypeAt(repo.objectsFd, looseName(checksum, type, repo.mode));
        if (entryType !== null) found.set(checksum, entryType);
      }
      continue;
    }
    const names = new Map(group.map((checksum) => [looseName(checksum, type, repo.mode).slice(3), checksum]));
    for (const entry of readFanout(repo, fanout)) {
      const checksum = names.get(entry.name);
      if (checksum !== undefined) found.set(checksum, entry.type);
    }
  }
  return found;
}

/** A directory of `objects/`; whoever only counts what is missing asks before it is made. */
function readFanout(repo: Repo, fanout: string): DirEntry[] {
  try {
    return repo.fs.readdir(`${repo.root}/objects/${fanout}`);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Those of `objects` under whose names anything lies in a repository, by path. */
export function lookAtObjects(repo: Repo, objects: readonly ObjectToImport[]): Map<string, EntryType> {
  const present = new Map<string, EntryType>();
  for (const { path } of objects) {
    const type = repo.fs.statTypeAt(repo.objectsFd, path);
    if (type !== null) present.set(path, type);
  }
  return present;
}

/** By their first two digits. */
export function groupByFanout(checksums: readonly Checksum[]): Map<string, Checksum[]> {
  const groups = new Map<string, Checksum[]>();
  for (const checksum of checksums) {
    const fanout = checksum.slice(0, 2);
    const group = groups.get(fanout);
    if (group === undefined) groups.set(fanout, [checksum]);
    else group.push(checksum);
  }
  return groups;
}

/** Whether something of that type can be the object; only repositories of the bare modes keep real symlinks. */
export function isObjectType(
  repo: Pick<Repo, 'mode'>,
  object: { readonly type: ObjectType },
  type: EntryType,
): boolean {
  if (type === 'file') return true;
  if (type !== 'symlink' || object.type !== 'file') return false;
  return repo.mode === 'bare' || repo.mode === 'bare-user-only';
}

/** The directories of `objects/` that the objects lie in. */
export function fanoutsOf(objects: Iterable<{ readonly path: string }>): Set<string> {
  const fanouts = new Set<string>();
  for (const { path } of objects) fanouts.add(path.slice(0, 2));
  return fanouts;
}
