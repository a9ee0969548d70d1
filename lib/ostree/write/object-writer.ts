import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { createDeflateRaw, deflateRawSync } from 'node:zlib';
import { AppError, errnoOf } from '../../errors';
import { type Checksum, sha256 } from '../format/checksum';
import { type FileHeader, serializeFileHeader, serializeFilezHeader } from '../format/file-header';
import { type ObjectType, objectPath } from '../format/object-path';
import type { Repo } from '../repo/open-repo';
import { verifyObject } from '../repo/verify-object';
import { asWriteError } from './io-error';
import { makeDirectory } from './make-directory';
import { removeTemporaryFile, temporaryPath, writeFully } from './write-durable-file';

interface Pending {
  readonly checksum: Checksum;
  readonly type: ObjectType;
  readonly temporary: string;
}

/** Content before the directories that name it, and the commit last. */
const PLACING_ORDER: readonly ObjectType[] = ['file', 'dirmeta', 'dirtree', 'commit'];
/** Above this, content is deflated as a stream instead of in one piece. */
const WHOLE_CONTENT_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Writes new objects into an archive repository. They are made in a folder of their own below `tmp/`; `place` makes all
 * of them durable at once and then links each to its name, replacing nothing. The caller holds the shared
 * repository lock.
 */
export class ObjectWriter {
  readonly #repo: Repo;
  readonly #seen = new Set<string>();
  #pending: Pending[] = [];
  #folder: string | null = null;

  /** @throws AppError `ostree/mode-mismatch` unless it is an archive, `ostree/repo-read-only` */
  constructor(repo: Repo) {
    if (repo.mode !== 'archive') {
      throw new AppError(
        'ostree/mode-mismatch',
        `${repo.path} is a ${repo.mode} repository: commit into an archive and pull from there`,
        { details: { path: repo.path, mode: repo.mode } },
      );
    }
    if (!repo.isWritable) {
      throw new AppError('ostree/repo-read-only', `${repo.path} may not be written by this user`, {
        details: { path: repo.path },
      });
    }
    this.#repo = repo;
  }

  /** Adds a metadata object. */
  addMetadata(type: 'commit' | 'dirtree' | 'dirmeta', bytes: Uint8Array): Checksum {
    const checksum = sha256(bytes);
    if (this.#isWanted(checksum, type)) this.#write(checksum, type, [bytes]);
    return checksum;
  }

  /** Adds a symlink, which has a header and no content. */
  addSymlink(header: FileHeader): Checksum {
    const checksum = sha256(serializeFileHeader(header));
    if (this.#isWanted(checksum, 'file')) {
      this.#write(checksum, 'file', [serializeFilezHeader({ ...header, sizeBytes: 0n })]);
    }
    return checksum;
  }

  /**
   * Adds a file. Its content is read once where it is small, twice where it is not: the name of an object is known
   * only after its last byte.
   *
   * @param sizeBytes what the content is expected to be, no more than a hint
   */
  async addFile(
    header: FileHeader,
    sizeBytes: number,
    chunks: () => Iterable<Uint8Array>,
  ): Promise<Checksum> {
    if (sizeBytes > WHOLE_CONTENT_BYTES_MAX) return this.#addLargeFile(header, chunks);
    const content = Buffer.concat([...chunks()]);
    const checksum = sha256(serializeFileHeader(header), content);
    if (this.#isWanted(checksum, 'file')) {
      const filez = serializeFilezHeader({ ...header, sizeBytes: BigInt(content.length) });
      this.#write(checksum, 'file', [filez, deflateRawSync(content, { level: this.#repo.config.zlibLevel })]);
    }
    return checksum;
  }

  /**
   * Makes everything durable and gives it its names.
   * @throws AppError `ostree/object-corrupt` where something else lies under such a name, `ostree/no-space`
   */
  place(): void {
    const { fs, root, rootFd } = this.#repo;
    try {
      if (this.#pending.length === 0) return;
      fs.syncfs(rootFd);
      const fanouts = new Set(this.#pending.map(({ checksum }) => checksum.slice(0, 2)));
      for (const fanout of fanouts) makeDirectory(this.#repo, `objects/${fanout}`);
      for (const wanted of PLACING_ORDER) {
        const objects = this.#pending.filter(({ type }) => type === wanted);
        // What the commit leads to is durable before the commit has its name.
        if (wanted === 'commit' && objects.length > 0) fs.syncfs(rootFd);
        for (const { checksum, type, temporary } of objects) {
          try {
            fs.link(temporary, `${root}/${objectPath(checksum, type, this.#repo.mode)}`);
          } catch (error) {
            if (errnoOf(error) !== 'EEXIST') throw error;
            verifyObject(this.#repo, checksum, type);
          }
        }
      }
      fs.syncfs(rootFd);
    } catch (error) {
      throw asWriteError(this.#repo, 'writing objects into', error);
    }
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

  #write(checksum: Checksum, type: ObjectType, parts: readonly Uint8Array[]): void {
    try {
      const fd = this.#create(this.#temporaryFor(checksum, type));
      try {
        for (const part of parts) writeFully(this.#repo, fd, part);
      } finally {
        this.#repo.fs.close(fd);
      }
    } catch (error) {
      throw asWriteError(this.#repo, 'writing objects into', error);
    }
  }

  #create(path: string): number {
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    const fd = this.#repo.fs.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    this.#repo.fs.fchmod(fd, 0o644);
    return fd;
  }

  async #addLargeFile(header: FileHeader, chunks: () => Iterable<Uint8Array>): Promise<Checksum> {
    const digest = createHash('sha256').update(serializeFileHeader(header));
    let sizeBytes = 0;
    for (const chunk of chunks()) {
      digest.update(chunk);
      sizeBytes += chunk.length;
    }
    const checksum = digest.digest('hex') as Checksum;
    if (!this.#isWanted(checksum, 'file')) return checksum;
    const temporary = this.#temporaryFor(checksum, 'file');
    const fd = this.#create(temporary);
    try {
      writeFully(this.#repo, fd, serializeFilezHeader({ ...header, sizeBytes: BigInt(sizeBytes) }));
      await this.#deflateInto(fd, chunks());
    } catch (error) {
      throw asWriteError(this.#repo, 'writing objects into', error);
    } finally {
      this.#repo.fs.close(fd);
    }
    return checksum;
  }

  async #deflateInto(fd: number, chunks: Iterable<Uint8Array>): Promise<void> {
    const deflate = createDeflateRaw({ level: this.#repo.config.zlibLevel });
    const feed = async () => {
      for (const chunk of chunks) {
        if (!deflate.write(chunk)) await new Promise((resolve) => deflate.once('drain', resolve));
      }
      deflate.end();
    };
    const fed = feed();
    for await (const part of deflate) writeFully(this.#repo, fd, part as Uint8Array);
    await fed;
  }
}
