import { createHash } from 'node:crypto';
import { AppError, errnoOf } from '../../errors';
import { type Checksum, sha256 } from '../format/checksum';
import { type FileHeader, isSymlinkHeader, serializeFileHeader } from '../format/file-header';
import { type MetadataType, type ObjectType, objectPath } from '../format/object-path';
import type { ObjectSize } from '../format/object-sizes';
import { storedForm } from '../format/stored-form';
import type { Repo } from '../repo/open-repo';
import { missingObject } from '../repo/read-object';
import { verifyObject } from '../repo/verify-object';
import { asWriteError } from './io-error';
import { contentChecksum, makeContentObject } from './make-content-object';
import { makeDirectory } from './make-directory';
import { removeTombstone } from './remove-tombstone';
import { SpaceBudget } from './space-budget';
import { removeTemporaryFile, temporaryPath } from './write-durable-file';
import { streamContentObject, writeContentObject } from './write-stored-object';

interface Pending {
  readonly checksum: Checksum;
  readonly type: ObjectType;
  readonly temporary: string;
}

/** Content before the directories that name it, and the commit last. */
const PLACING_ORDER: readonly ObjectType[] = ['file', 'dirmeta', 'dirtree', 'commit'];
/** Above this, content goes by as a stream instead of being held in one piece. */
const WHOLE_CONTENT_BYTES_MAX = 4 * 1024 * 1024;
const NO_BYTES = new Uint8Array(0);

/**
 * Writes new objects into a repository, as its mode has them. They are made in a folder of their own below `tmp/`;
 * `place` makes all of them durable at once and then links each to its name, replacing nothing. What an object
 * consists of is worked out in `make-content-object.ts`, apart from its being placed. The caller holds the shared
 * repository lock.
 */
export class ObjectWriter {
  readonly #repo: Repo;
  readonly #budget: SpaceBudget;
  readonly #sizes: Map<Checksum, ObjectSize> | null;
  readonly #seen = new Set<string>();
  #pending: Pending[] = [];
  #folder: string | null = null;

  /**
   * @param options.hasSizes notes how large each object is, for `sizes`
   * @throws AppError `ostree/repo-read-only`
   */
  constructor(repo: Repo, options: { hasSizes?: boolean } = {}) {
    if (!repo.isWritable) {
      throw new AppError('ostree/repo-read-only', `${repo.path} may not be written by this user`, {
        details: { path: repo.path },
      });
    }
    this.#repo = repo;
    this.#budget = new SpaceBudget(repo);
    this.#sizes = options.hasSizes ? new Map() : null;
  }

  /** Of every object that was added, those that were there already included; empty unless asked for. */
  get sizes(): Iterable<ObjectSize> {
    return this.#sizes?.values() ?? [];
  }

  /** Adds a metadata object. */
  addMetadata(type: MetadataType, bytes: Uint8Array): Checksum {
    const checksum = sha256(bytes);
    if (this.#isWanted(checksum, type)) {
      const form = { kind: 'file', head: bytes, content: 'none', permissions: 0o644 } as const;
      const object = { form: { ...form, owner: null, xattrs: [], isTimeless: false }, body: NO_BYTES };
      this.#guarded(() => writeContentObject(this.#repo, this.#temporaryFor(checksum, type), object));
    }
    this.#noteSize(checksum, type, bytes.length, bytes.length);
    return checksum;
  }

  /** Adds a symlink, which has a header and no content. */
  addSymlink(header: FileHeader): Checksum {
    return this.#addWhole(header, NO_BYTES);
  }

  /**
   * Adds a file. Its content is read once where it is small, twice where it is not: the name of an object is known
   * only after its last byte.
   *
   * @param sizeBytes what the content is expected to be, no more than a hint
   * @throws AppError `ostree/mode-mismatch` for what the repository's mode cannot keep, `ostree/no-space`
   */
  async addFile(
    header: FileHeader,
    sizeBytes: number,
    chunks: () => Iterable<Uint8Array>,
  ): Promise<Checksum> {
    if (sizeBytes > WHOLE_CONTENT_BYTES_MAX) return this.#addLargeFile(header, chunks);
    return this.#addWhole(header, Buffer.concat([...chunks()]));
  }

  /**
   * Makes everything durable and gives it its names.
   * @throws AppError `ostree/object-corrupt` where something else lies under such a name, `ostree/no-space`
   */
  place(): void {
    const { fs, rootFd } = this.#repo;
    this.#guarded(() => {
      if (this.#pending.length === 0) return;
      fs.syncfs(rootFd);
      const fanouts = new Set(this.#pending.map(({ checksum }) => checksum.slice(0, 2)));
      for (const fanout of fanouts) makeDirectory(this.#repo, `objects/${fanout}`);
      for (const wanted of PLACING_ORDER) {
        const objects = this.#pending.filter(({ type }) => type === wanted);
        // What the commit leads to is durable before the commit has its name.
        if (wanted === 'commit' && objects.length > 0) fs.syncfs(rootFd);
        for (const object of objects) this.#link(object);
      }
      fs.syncfs(rootFd);
      for (const { checksum, type } of this.#pending) {
        if (type === 'commit') removeTombstone(this.#repo, checksum);
      }
    });
  }

  /** Removes everything temporary; after success and after failure. */
  close(): void {
    for (const { temporary } of this.#pending) removeTemporaryFile(this.#repo, temporary);
    this.#pending = [];
    if (this.#folder === null) return;
    try {
      this.#repo.fs.rmdir(this.#folder);
    } catch {
      // libostree's cleanup_tmpdir removes it in a day.
    }
    this.#folder = null;
  }

  #link({ checksum, type, temporary }: Pending): void {
    const { fs, root, mode } = this.#repo;
    try {
      fs.link(temporary, `${root}/${objectPath(checksum, type, mode)}`);
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
      verifyObject(this.#repo, checksum, type);
    }
  }

  /** Each object is written once, and not at all where a good one lies there already. */
  #isWanted(checksum: Checksum, type: ObjectType): boolean {
    const path = objectPath(checksum, type, this.#repo.mode);
    if (this.#seen.has(path)) return false;
    this.#seen.add(path);
    if (this.#repo.fs.lstat(`${this.#repo.root}/${path}`) === null) return true;
    verifyObject(this.#repo, checksum, type);
    return false;
  }

  #temporaryFor(checksum: Checksum, type: ObjectType): string {
    if (this.#folder === null) {
      this.#folder = temporaryPath(this.#repo);
      this.#repo.fs.mkdir(this.#folder, 0o700);
    }
    const temporary = `${this.#folder}/${checksum}.${type}`;
    this.#pending.push({ checksum, type, temporary });
    return temporary;
  }

  #addWhole(header: FileHeader, content: Uint8Array): Checksum {
    const checksum = contentChecksum(header, content);
    const unpackedBytes = isSymlinkHeader(header) ? Buffer.byteLength(header.target) : content.length;
    let archivedBytes: number | null = null;
    if (this.#isWanted(checksum, 'file')) {
      this.#budget.take(content.length);
      const { mode, config } = this.#repo;
      const object = makeContentObject({ mode, zlibLevel: config.zlibLevel }, header, content);
      archivedBytes = this.#guarded(() =>
        writeContentObject(this.#repo, this.#temporaryFor(checksum, 'file'), object),
      );
    }
    this.#noteSize(checksum, 'file', archivedBytes, unpackedBytes);
    return checksum;
  }

  async #addLargeFile(header: FileHeader, chunks: () => Iterable<Uint8Array>): Promise<Checksum> {
    const digest = createHash('sha256').update(serializeFileHeader(header));
    let sizeBytes = 0;
    for (const chunk of chunks()) {
      digest.update(chunk);
      sizeBytes += chunk.length;
    }
    const checksum = digest.digest('hex') as Checksum;
    let archivedBytes: number | null = null;
    if (this.#isWanted(checksum, 'file')) {
      this.#budget.take(sizeBytes);
      const form = storedForm(this.#repo.mode, header, BigInt(sizeBytes));
      const temporary = this.#temporaryFor(checksum, 'file');
      try {
        archivedBytes = await streamContentObject(this.#repo, temporary, form, chunks());
      } catch (error) {
        throw asWriteError(this.#repo, 'writing objects into', error);
      }
    }
    this.#noteSize(checksum, 'file', archivedBytes, sizeBytes);
    return checksum;
  }

  /** @param archivedBytes null where the object lies in the repository, or was added before */
  #noteSize(checksum: Checksum, type: ObjectType, archivedBytes: number | null, unpackedBytes: number): void {
    if (this.#sizes === null || type === 'commit' || this.#sizes.has(checksum)) return;
    const path = `${this.#repo.root}/${objectPath(checksum, type, this.#repo.mode)}`;
    const bytes = archivedBytes ?? this.#repo.fs.lstat(path)?.sizeBytes;
    if (bytes === undefined) throw missingObject(this.#repo, checksum, type);
    this.#sizes.set(checksum, {
      checksum,
      type,
      archivedBytes: BigInt(bytes),
      unpackedBytes: BigInt(unpackedBytes),
    });
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw asWriteError(this.#repo, 'writing objects into', error);
    }
  }
}
