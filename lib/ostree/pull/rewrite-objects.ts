import { AppError, isAppError } from '../../errors';
import type { Checksum } from '../format/checksum';
import { isSymlinkHeader } from '../format/file-header';
import { objectName } from '../format/object-path';
import { canonicalProblem, type StoredForm, storedForm } from '../format/stored-form';
import { type FileObject, openFileObject } from '../repo/file-object';
import type { Repo } from '../repo/open-repo';
import { verifiedChunks } from '../repo/read-file';
import { corruptObject, missingObject, nameObject } from '../repo/read-object';
import { makeContentObject } from '../write/make-content-object';
import { SpaceBudget } from '../write/space-budget';
import { streamContentObject, writeContentObject } from '../write/write-stored-object';
import { makeFanouts } from './import-objects';
import { type ImportCounts, isObjectType, lookAtObjects, type ObjectToImport } from './object-list';
import type { Pacer } from './pacer';
import { StagedObjects } from './staged-objects';
import { verifyPaced } from './verify-paced';

/** Above this, content goes by as a stream instead of being held in one piece. */
const WHOLE_CONTENT_BYTES_MAX = 4 * 1024 * 1024;
/** How much of a large file is rewritten at a stretch. */
const BYTES_BETWEEN_PAUSES = 32 * 1024 * 1024;
const PERMISSION_BITS = 0o7777;

/**
 * Brings content from a repository of one mode into one of another: read, verified and written anew as the target's mode
 * has it. A checksum is that of header and content, whatever the mode, so what was read is what gets the name.
 */
export class ObjectRewriter {
  readonly #source: Repo;
  readonly #target: Repo;
  readonly #verifyPresent: boolean;
  readonly #counts: ImportCounts;
  readonly #budget: SpaceBudget;
  readonly #staged: StagedObjects;

  /** @param options.verifyPresent hashes objects that the target has already; the others are hashed in any case */
  constructor(source: Repo, target: Repo, options: { verifyPresent: boolean; counts: ImportCounts }) {
    this.#source = source;
    this.#target = target;
    this.#verifyPresent = options.verifyPresent;
    this.#counts = options.counts;
    this.#budget = new SpaceBudget(target);
    this.#staged = new StagedObjects(target, options.counts);
  }

  /**
   * Brings content objects, all of them named and, on disk, complete when this returns.
   * @throws AppError `ostree/object-missing`, `ostree/object-corrupt`, `ostree/mode-mismatch` for what the target's mode
   * cannot keep, each naming the object; `ostree/no-space`, `ostree/aborted`
   */
  async rewrite(objects: readonly ObjectToImport[], pacer: Pacer): Promise<void> {
    makeFanouts(this.#target, objects);
    const present = lookAtObjects(this.#target, objects);
    for (const object of objects) {
      if (present.has(object.path)) await this.#checkPresent(object, pacer);
      else await this.#rewriteOne(object, pacer);
      if (pacer.count()) await pacer.pause();
    }
    this.#staged.flush();
  }

  /** Removes everything temporary, after success and after failure. */
  close(): void {
    this.#staged.close();
  }

  async #checkPresent(object: ObjectToImport, pacer: Pacer): Promise<void> {
    const { checksum, type } = object;
    this.#counts.objectsPresent++;
    if (this.#verifyPresent) {
      await verifyPaced(this.#target, object, pacer);
      return;
    }
    const stat = this.#target.fs.lstat(`${this.#target.root}/objects/${object.path}`);
    if (stat === null) throw missingObject(this.#target, checksum, type);
    if (!isObjectType(this.#target, object, stat.type))
      throw corruptObject(this.#target, checksum, type, 'it is not a regular file');
    if (stat.sizeBytes === 0 && this.#target.mode === 'archive')
      throw corruptObject(this.#target, checksum, type, 'it is empty');
  }

  async #rewriteOne(object: ObjectToImport, pacer: Pacer): Promise<void> {
    try {
      const file = openFileObject(this.#source, object.checksum);
      if (file === null) throw missingObject(this.#source, object.checksum, 'file');
      try {
        await this.#writeAnew(object, file, pacer);
      } finally {
        file.close();
      }
    } catch (error) {
      if (isAppError(error, 'ostree/mode-mismatch')) throw this.#unfit(object, error);
      throw nameObject(this.#source, object.checksum, 'file', error);
    }
  }

  async #writeAnew(object: ObjectToImport, file: FileObject, pacer: Pacer): Promise<void> {
    // Found out before a byte is written: what does not fit the mode, and what does not fit on the disk.
    const form = storedForm(this.#target.mode, file.header, file.sizeBytes);
    this.#budget.take(Number(file.sizeBytes));
    const { path } = this.#staged.begin(object);
    const sizeBytes =
      file.sizeBytes > WHOLE_CONTENT_BYTES_MAX
        ? await this.#stream(object, path, form, file, pacer)
        : this.#writeWhole(object, path, file);
    this.#staged.end(sizeBytes);
  }

  #writeWhole(object: ObjectToImport, path: string, file: FileObject): number {
    const parts: Uint8Array[] = [];
    // Each chunk is valid until the next is asked for.
    for (const chunk of verifiedChunks(this.#source, object.checksum, file)) parts.push(chunk.slice());
    const { mode, config } = this.#target;
    const settings = { mode, zlibLevel: config.zlibLevel };
    return writeContentObject(
      this.#target,
      path,
      makeContentObject(settings, file.header, Buffer.concat(parts)),
    );
  }

  #stream(
    object: ObjectToImport,
    path: string,
    form: StoredForm,
    file: FileObject,
    pacer: Pacer,
  ): Promise<number> {
    const source = this.#source;
    async function* paced(): AsyncGenerator<Uint8Array> {
      let bytesLeft = BYTES_BETWEEN_PAUSES;
      for (const chunk of verifiedChunks(source, object.checksum, file)) {
        yield chunk;
        bytesLeft -= chunk.length;
        if (bytesLeft > 0) continue;
        await pacer.pause();
        bytesLeft = BYTES_BETWEEN_PAUSES;
      }
    }
    return streamContentObject(this.#target, path, form, paced());
  }

  #unfit(object: ObjectToImport, cause: AppError): AppError {
    const name = objectName(object.checksum, object.type);
    return new AppError(
      'ostree/mode-mismatch',
      `${name} cannot come into ${this.#target.path}: ${cause.message}`,
      {
        details: { object: name, path: this.#target.path, mode: this.#target.mode },
        cause,
      },
    );
  }
}

/**
 * Whether a content object of a bare-user repository is, as it lies there, one of bare-user-only as well: a regular file
 * whose inode says all that there is to say (protocol 1.6). libostree links every regular file, and thereby files that
 * have another checksum in the target.
 */
export function isLinkableToBareUserOnly(source: Repo, checksum: Checksum): boolean {
  const file = openIfGood(source, checksum);
  if (file === null) return false;
  const { header, stat } = file;
  file.close();
  if (isSymlinkHeader(header) || canonicalProblem(header) !== null) return false;
  return (header.mode & PERMISSION_BITS) === (stat.mode & PERMISSION_BITS);
}

/** null where it is missing or damaged: whoever reads it to bring it says so by name. */
function openIfGood(source: Repo, checksum: Checksum): FileObject | null {
  try {
    return openFileObject(source, checksum);
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}
