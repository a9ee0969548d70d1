import { constants } from 'node:fs';
import { AppError, errnoOf } from '../../errors';
import type { Checksum } from '../format/checksum';
import { looseName, type ObjectType, objectName } from '../format/object-path';
import type { EntryType, ExactStat } from '../fs-port';
import type { ObjectBatch } from '../repo/object-batch';
import type { Repo } from '../repo/open-repo';
import { corruptObject, missingObject } from '../repo/read-object';
import { groupByFanout, isObjectType, lookAtBatch } from './object-list';
import type { Pacer } from './pacer';
import { verifyPaced } from './verify-paced';

export interface ImportScope {
  readonly source: Repo;
  readonly target: Repo;
  /** Hashes every object before it is linked, or where it already lies in the target. */
  readonly verifyObjects: boolean;
  /** Whether links are tried; else everything that is missing is `toCopy`. */
  readonly isLinking: boolean;
  readonly pacer: Pacer;
}

export interface BatchResult {
  readonly linked: number;
  /** Lay in the target already, and were checked. */
  readonly present: number;
  /** Cannot be linked: their names are still to be given, to copies. */
  readonly toCopy: readonly Checksum[];
  /** No link works from the one repository to the other. */
  readonly isOtherFileSystem: boolean;
}

const NOTHING: ReadonlyMap<Checksum, EntryType> = new Map();

/**
 * Brings a few objects from source to target, in the order given, by one hard link each straight into `objects/`: a link
 * to a complete file is atomic by itself. Nothing unverified gets a name, nothing present is trusted (departure 2): the
 * source's file is checked before it is linked, and afterwards that the link leads to what was checked. The directories
 * of `objects/` are there already. Runs in any thread.
 *
 * @throws AppError `ostree/object-missing`, `ostree/object-corrupt`, `ostree/source-changed`, each naming the object
 */
export async function importBatch(scope: ImportScope, batch: ObjectBatch): Promise<BatchResult> {
  const { source, target } = scope;
  const { type, checksums } = batch;
  assertFanouts(source, type, checksums);
  const isLinkedFirst = scope.isLinking && !scope.verifyObjects;
  // A link that is refused says as well that something is there; but nothing is to be hashed for it in vain.
  const found = isLinkedFirst ? NOTHING : lookAtBatch(target, batch);
  // Verification opens each source file anyway, and checks its type on the descriptor.
  if (isLinkedFirst) assertTypes(source, type, checksums, wrongType);
  const toCopy: Checksum[] = [];
  const linked: Checksum[] = [];
  let present = 0;
  let isOtherFileSystem = false;
  for (const checksum of checksums) {
    const entryType = found.get(checksum);
    if (entryType !== undefined) {
      await checkPresent(scope, checksum, type, entryType);
      present++;
      continue;
    }
    if (scope.pacer.isDue()) await scope.pacer.pause();
    if (isOtherFileSystem || !scope.isLinking) {
      toCopy.push(checksum);
      continue;
    }
    switch (await linkObject(scope, checksum, type)) {
      case 'linked':
        linked.push(checksum);
        break;
      case 'present':
        present++;
        break;
      case 'other-file-system':
        isOtherFileSystem = true;
        toCopy.push(checksum);
        break;
      case 'refused':
        toCopy.push(checksum);
    }
  }
  if (isLinkedFirst) {
    assertTypes(target, type, linked, (_, one) => {
      takeBack(target, one, type);
      return sourceChanged(source, one, type);
    });
  }
  return { linked: linked.length, present, toCopy, isOtherFileSystem };
}

/** A symlink in place of a directory of `objects/` would have files linked from wherever it leads. */
function assertFanouts(source: Repo, type: ObjectType, checksums: readonly Checksum[]): void {
  for (const [fanout, group] of groupByFanout(checksums)) {
    const entryType = source.fs.statTypeAt(source.objectsFd, fanout);
    if (entryType === null || entryType === 'directory') continue;
    throw corruptObject(source, group[0] as Checksum, type, `objects/${fanout} is not a directory`);
  }
}

type LinkOutcome = 'linked' | 'present' | 'other-file-system' | 'refused';

async function linkObject(scope: ImportScope, checksum: Checksum, type: ObjectType): Promise<LinkOutcome> {
  const { source, target } = scope;
  const object = { checksum, type };
  const checked = scope.verifyObjects ? await verifyPaced(source, object, scope.pacer) : null;
  const name = looseName(checksum, type, target.mode);
  try {
    target.fs.linkAt(source.objectsFd, name, target.objectsFd, name);
  } catch (error) {
    switch (errnoOf(error)) {
      case 'EXDEV':
        // Another file system, or another mount of the same one: no link will work.
        return 'other-file-system';
      // EPERM: the kernel's protected_hardlinks, or an immutable file. EMLINK: too many links to this one.
      case 'EPERM':
      case 'EMLINK':
        return 'refused';
      case 'EEXIST':
        // Somebody else, who holds the shared lock as we do, was faster.
        await checkPresent(scope, checksum, type, 'file');
        return 'present';
      case 'ENOENT':
        throw missingObject(source, checksum, type);
      default:
        throw error;
    }
  }
  if (checked !== null) assertSameFile(scope, checksum, type, checked);
  return 'linked';
}

/** The name in the target must lead to the very file that was hashed, unchanged since. */
function assertSameFile(
  { source, target }: ImportScope,
  checksum: Checksum,
  type: ObjectType,
  checked: ExactStat,
): void {
  const linked = target.fs.statAt(target.objectsFd, looseName(checksum, type, target.mode));
  const isSame =
    linked !== null &&
    linked.dev === checked.dev &&
    linked.ino === checked.ino &&
    linked.sizeBytes === checked.sizeBytes &&
    linked.mtimeNs === checked.mtimeNs;
  if (isSame) return;
  takeBack(target, checksum, type);
  throw sourceChanged(source, checksum, type);
}

/**
 * Removes a name that this pull gave and that leads to something unchecked: left there, it would stop every later pull
 * of the object. Whoever found it in the meantime has refused it, or would have in hashing it.
 */
function takeBack(target: Repo, checksum: Checksum, type: ObjectType): void {
  try {
    target.fs.unlink(`${target.root}/objects/${looseName(checksum, type, target.mode)}`);
  } catch (error) {
    // Gone already, or not to be removed: what is told is that the source has changed.
    if (errnoOf(error) === undefined) throw error;
  }
}

function sourceChanged(source: Repo, checksum: Checksum, type: ObjectType): AppError {
  const name = objectName(checksum, type);
  const message = `${name} in ${source.path} was replaced while it was pulled: check both repositories with fsck`;
  return new AppError('ostree/source-changed', message, { details: { object: name, path: source.path } });
}

/**
 * An object of the right name in the target may be the leftover of a crash or of somebody's interrupted pull. It is
 * refused when it is bad; it is never replaced, since another process may count on its presence already.
 */
async function checkPresent(
  { target, verifyObjects, pacer }: ImportScope,
  checksum: Checksum,
  type: ObjectType,
  entryType: EntryType,
): Promise<void> {
  if (verifyObjects) {
    await verifyPaced(target, { checksum, type }, pacer);
    return;
  }
  if (!isObjectType(target, { type }, entryType)) throw wrongType(target, checksum, type);
  // An empty file of the bare modes is a good one; everything else has a header or content.
  const mayBeEmpty = type === 'file' && target.mode !== 'archive';
  const stat = target.fs.statAt(target.objectsFd, looseName(checksum, type, target.mode));
  if (stat === null) throw missingObject(target, checksum, type);
  if (!isObjectType(target, { type }, stat.type)) throw wrongType(target, checksum, type);
  if (stat.sizeBytes === 0 && !mayBeEmpty) throw corruptObject(target, checksum, type, 'it is empty');
}

function wrongType(repo: Repo, checksum: Checksum, type: ObjectType): AppError {
  return corruptObject(repo, checksum, type, 'it is not a regular file');
}

/** From this many names in one directory on, reading its types costs less than a look at each name: of 400 entries as much as 40 looks. */
const LISTING_PAYS_FROM = 48;

/** @throws AppError `toError` makes where something that cannot be the object lies under one of the names */
function assertTypes(
  repo: Repo,
  type: ObjectType,
  checksums: readonly Checksum[],
  toError: (repo: Repo, checksum: Checksum, type: ObjectType) => AppError,
): void {
  for (const [fanout, group] of groupByFanout(checksums)) {
    if (group.length >= LISTING_PAYS_FROM && isAllRegular(repo, fanout)) continue;
    for (const checksum of group) {
      const entryType = repo.fs.statTypeAt(repo.objectsFd, looseName(checksum, type, repo.mode));
      if (entryType === null) throw missingObject(repo, checksum, type);
      if (!isObjectType(repo, { type }, entryType)) throw toError(repo, checksum, type);
    }
  }
}

function isAllRegular(repo: Repo, fanout: string): boolean {
  try {
    const fd = repo.fs.openAt(
      repo.objectsFd,
      fanout,
      constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW,
    );
    try {
      return repo.fs.listIrregular(fd).length === 0;
    } finally {
      repo.fs.close(fd);
    }
  } catch (error) {
    // No such directory, or a symlink in its place: then each name tells by itself.
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return false;
    throw error;
  }
}
