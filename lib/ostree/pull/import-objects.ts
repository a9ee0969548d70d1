import { AppError, errnoOf } from '../../errors';
import { objectName } from '../format/object-path';
import type { EntryType, ExactStat } from '../fs-port';
import type { Repo } from '../repo/open-repo';
import { corruptObject, missingObject } from '../repo/read-object';
import { syncDirectory } from '../write/write-durable-file';
import type { ObjectCopier } from './copy-objects';
import {
  findWrongType,
  type ImportCounts,
  isObjectType,
  lookAtObjects,
  type ObjectToImport,
} from './object-list';
import type { Pacer } from './pacer';
import { verifyPaced } from './verify-paced';

export interface ImportContext {
  readonly source: Repo;
  readonly target: Repo;
  /** Hashes every object before it is linked, or where it already lies in the target. */
  readonly verifyObjects: boolean;
  readonly copier: ObjectCopier;
  readonly pacer: Pacer;
  readonly counts: ImportCounts;
}

/**
 * Brings objects from source to target, in the order given, by one hard link each straight into `objects/`: a link to
 * a complete file is atomic by itself. Nothing unverified gets a name, nothing present is trusted (departure 2): the
 * source's file is checked before it is linked, and afterwards that the link leads to what was checked.
 *
 * @throws AppError `ostree/object-missing`, `ostree/object-corrupt`, `ostree/source-changed`, each naming the object
 */
export async function importObjects(
  context: ImportContext,
  objects: readonly ObjectToImport[],
): Promise<void> {
  const { source, target, copier, pacer, counts } = context;
  makeFanouts(target, objects);
  const present = lookAtObjects(target, objects);
  const missing = objects.filter(({ path }) => !present.has(path));
  // Verification opens each source file anyway, and checks its type on the descriptor.
  if (!context.verifyObjects) assertTypes(source, missing, wrongType);
  for (const object of objects) {
    const type = present.get(object.path);
    if (type !== undefined) {
      await checkPresent(context, object, type);
      counts.objectsPresent++;
    } else if (copier.isUsed) {
      await copier.copy(object, context.verifyObjects, pacer);
    } else {
      await importOne(context, object);
    }
    if (pacer.count()) await pacer.pause();
  }
  copier.flush();
  if (!context.verifyObjects) assertTypes(target, missing, (_, object) => sourceChanged(source, object));
}

async function importOne(context: ImportContext, object: ObjectToImport): Promise<void> {
  const { source, target, copier, pacer, counts } = context;
  const checked = context.verifyObjects ? await verifyPaced(source, object, pacer) : null;
  try {
    target.fs.link(`${source.root}/objects/${object.path}`, `${target.root}/objects/${object.path}`);
  } catch (error) {
    switch (errnoOf(error)) {
      case 'EXDEV':
        // Another file system, or another mount of the same one: no link will work.
        copier.isUsed = true;
        await copier.copy(object, context.verifyObjects, pacer);
        return;
      // EPERM: the kernel's protected_hardlinks, or an immutable file. EMLINK: too many links to this one.
      case 'EPERM':
      case 'EMLINK':
        await copier.copy(object, context.verifyObjects, pacer);
        return;
      case 'EEXIST':
        // Somebody else, who holds the shared lock as we do, was faster.
        await checkPresent(context, object, 'file');
        counts.objectsPresent++;
        return;
      case 'ENOENT':
        throw missingObject(source, object.checksum, object.type);
      default:
        throw error;
    }
  }
  if (checked !== null) assertSameFile(context, object, checked);
  counts.objectsLinked++;
}

/** The name in the target must lead to the very file that was hashed, unchanged since. */
function assertSameFile({ source, target }: ImportContext, object: ObjectToImport, checked: ExactStat): void {
  const linked = target.fs.lstatExact(`${target.root}/objects/${object.path}`);
  const isSame =
    linked !== null &&
    linked.dev === checked.dev &&
    linked.ino === checked.ino &&
    linked.sizeBytes === checked.sizeBytes &&
    linked.mtimeNs === checked.mtimeNs;
  if (!isSame) throw sourceChanged(source, object);
}

function sourceChanged(source: Repo, object: ObjectToImport): AppError {
  const name = objectName(object.checksum, object.type);
  const message = `${name} in ${source.path} was replaced while it was pulled: check both repositories with fsck`;
  return new AppError('ostree/source-changed', message, { details: { object: name, path: source.path } });
}

/**
 * An object of the right name in the target may be the leftover of a crash or of somebody's interrupted pull. It is
 * refused when it is bad; it is never replaced, since another process may count on its presence already.
 */
async function checkPresent(
  { target, verifyObjects, pacer }: ImportContext,
  object: ObjectToImport,
  type: EntryType,
): Promise<void> {
  if (verifyObjects) {
    await verifyPaced(target, object, pacer);
    return;
  }
  if (!isObjectType(target, object, type)) throw wrongType(target, object);
  // An empty file of the bare modes is a good one; everything else has a header or content.
  const mayBeEmpty = object.type === 'file' && target.mode !== 'archive';
  const stat = target.fs.lstat(`${target.root}/objects/${object.path}`);
  if (stat === null) throw missingObject(target, object.checksum, object.type);
  if (!isObjectType(target, object, stat.type)) throw wrongType(target, object);
  if (stat.sizeBytes === 0 && !mayBeEmpty)
    throw corruptObject(target, object.checksum, object.type, 'it is empty');
}

function wrongType(repo: Repo, object: ObjectToImport): AppError {
  return corruptObject(repo, object.checksum, object.type, 'it is not a regular file');
}

function assertTypes(
  repo: Repo,
  objects: readonly ObjectToImport[],
  toError: (repo: Repo, object: ObjectToImport) => AppError,
): void {
  const wrong = findWrongType(repo, objects);
  if (wrong === null) return;
  if (wrong.isMissing) throw missingObject(repo, wrong.object.checksum, wrong.object.type);
  throw toError(repo, wrong.object);
}

/** Makes the directories of `objects/` that the objects lie in, durably, so that a link fails for no want of one. */
export function makeFanouts(target: Repo, objects: readonly { readonly path: string }[]): void {
  const fanouts = new Set(objects.map(({ path }) => path.slice(0, 2)));
  let isAnyNew = false;
  for (const fanout of fanouts) {
    try {
      if (target.fs.lstat(`${target.root}/objects/${fanout}`) !== null) continue;
      target.fs.mkdir(`${target.root}/objects/${fanout}`, 0o777);
      isAnyNew = true;
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
    }
  }
  if (isAnyNew) syncDirectory(target, `${target.root}/objects`);
}
