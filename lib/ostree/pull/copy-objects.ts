import { constants } from 'node:fs';
import { errnoOf } from '../../errors';
import type { Repo } from '../repo/open-repo';
import { corruptObject, missingObject } from '../repo/read-object';
import { OPEN_READ } from '../repo/read-whole-file';
import { verifyObject } from '../repo/verify-object';
import { removeTemporaryFile, temporaryPath } from '../write/write-durable-file';
import type { ImportCounts, ObjectToImport } from './object-list';
import type { Pacer } from './pacer';
import { verifyPaced } from './verify-paced';

/** How much lies in `tmp/` at most before it is made durable and gets its names. */
const PENDING_OBJECTS_MAX = 1000;
const PENDING_BYTES_MAX = 256 * 1024 * 1024;

/**
 * Copies objects where a hard link cannot be or is not wanted: into a folder of `tmp/` laid out like a repository,
 * where the copy itself is checked; then, when many are durable, each gets its name by a link that replaces nothing
 * (R-17).
 */
export class ObjectCopier {
  /** Set when every object is to be copied. */
  isUsed: boolean;
  readonly #source: Repo;
  readonly #target: Repo;
  readonly #counts: ImportCounts;
  #staging: Repo | null = null;
  readonly #folders = new Set<string>();
  #pending: ObjectToImport[] = [];
  #pendingBytes = 0;

  constructor(source: Repo, target: Repo, options: { isUsed: boolean; counts: ImportCounts }) {
    this.#source = source;
    this.#target = target;
    this.isUsed = options.isUsed;
    this.#counts = options.counts;
  }

  /** Copies one object, and checks the copy if it is to. It has its name in the target only after `flush`. */
  async copy(object: ObjectToImport, isVerified: boolean, pacer: Pacer): Promise<void> {
    const staging = this.#openStaging();
    const fanout = object.path.slice(0, 2);
    if (!this.#folders.has(fanout)) {
      this.#target.fs.mkdir(`${staging.root}/objects/${fanout}`, 0o700);
      this.#folders.add(fanout);
    }
    this.#pending.push(object);
    const sizeBytes = this.#copyFile(object, `${staging.root}/objects/${object.path}`);
    if (isVerified) await verifyPaced(staging, object, pacer);
    this.#counts.objectsCopied++;
    this.#counts.bytesCopied += sizeBytes;
    this.#pendingBytes += sizeBytes;
    if (this.#pending.length >= PENDING_OBJECTS_MAX || this.#pendingBytes >= PENDING_BYTES_MAX) this.flush();
  }

  /** Makes what was copied durable and gives it its names. */
  flush(): void {
    const staging = this.#staging;
    if (staging === null || this.#pending.length === 0) return;
    const { fs, root, rootFd } = this.#target;
    fs.syncfs(rootFd);
    for (const object of this.#pending) {
      const copied = `${staging.root}/objects/${object.path}`;
      try {
        fs.link(copied, `${root}/objects/${object.path}`);
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error;
        // Somebody else was faster; theirs has to be as good.
        verifyObject(this.#target, object.checksum, object.type);
      }
      fs.unlink(copied);
    }
    this.#pending = [];
    this.#pendingBytes = 0;
  }

  /** Removes everything temporary, after success and after failure. */
  close(): void {
    const staging = this.#staging;
    if (staging === null) return;
    this.#staging = null;
    this.#target.fs.close(staging.objectsFd);
    for (const { path } of this.#pending)
      removeTemporaryFile(this.#target, `${staging.root}/objects/${path}`);
    this.#pending = [];
    for (const fanout of this.#folders) removeFolder(this.#target, `${staging.root}/objects/${fanout}`);
    removeFolder(this.#target, `${staging.root}/objects`);
    removeFolder(this.#target, staging.root);
  }

  #openStaging(): Repo {
    if (this.#staging !== null) return this.#staging;
    const root = temporaryPath(this.#target);
    this.#target.fs.mkdir(root, 0o700);
    try {
      this.#target.fs.mkdir(`${root}/objects`, 0o700);
      const objectsFd = this.#target.fs.open(`${root}/objects`, constants.O_RDONLY | constants.O_DIRECTORY);
      this.#staging = { ...this.#target, root, objectsFd };
      return this.#staging;
    } catch (error) {
      removeFolder(this.#target, `${root}/objects`);
      removeFolder(this.#target, root);
      throw error;
    }
  }

  /** @returns the size in bytes */
  #copyFile(object: ObjectToImport, to: string): number {
    const from = `${this.#source.root}/objects/${object.path}`;
    const { fs } = this.#target;
    let fd: number;
    try {
      fd = this.#source.fs.open(from, OPEN_READ);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') throw missingObject(this.#source, object.checksum, object.type);
      if (errnoOf(error) === 'ELOOP') return this.#copySymlink(object, from, to);
      throw error;
    }
    try {
      const stat = this.#source.fs.fstat(fd);
      if (stat.type !== 'file') {
        throw corruptObject(this.#source, object.checksum, object.type, 'it is not a regular file');
      }
      // Through the descriptor that was looked at; shares the blocks where the file system can.
      fs.copyFile(`/proc/self/fd/${fd}`, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      this.#copyAttributes(object, fd, to, stat);
      return stat.sizeBytes;
    } finally {
      this.#source.fs.close(fd);
    }
  }

  #copyAttributes(
    object: ObjectToImport,
    from: number,
    to: string,
    stat: { mode: number; uid: number; gid: number },
  ) {
    const { fs, mode } = this.#target;
    const isPlain = object.type !== 'file' || mode === 'archive';
    const fd = fs.open(to, constants.O_RDWR | constants.O_NOFOLLOW);
    try {
      if (mode === 'bare' && !isPlain) fs.fchown(fd, stat.uid, stat.gid);
      if (!isPlain && mode !== 'bare-user-only') {
        const names = mode === 'bare-user' ? ['user.ostreemeta'] : this.#source.fs.listXattrs(from);
        for (const name of names) {
          const value = this.#source.fs.getXattr(from, name);
          if (value !== null) fs.setXattr(fd, name, value);
        }
      }
      fs.fchmod(fd, isPlain ? 0o644 : stat.mode & 0o7777);
      // Bare objects have the time 0, so that hard-linked checkouts agree on it.
      if (!isPlain) fs.futimes(fd, 0, 0);
    } finally {
      fs.close(fd);
    }
  }

  #copySymlink(object: ObjectToImport, from: string, to: string): number {
    const { fs, mode } = this.#target;
    if (object.type !== 'file' || mode === 'archive' || mode === 'bare-user') {
      throw corruptObject(this.#source, object.checksum, object.type, 'it is a symlink');
    }
    const stat = this.#source.fs.lstat(from);
    const target = this.#source.fs.readlink(from);
    fs.symlink(target, to);
    if (mode === 'bare' && stat !== null) fs.lchown(to, stat.uid, stat.gid);
    fs.lutimes(to, 0, 0);
    return target.length;
  }
}

function removeFolder(target: Repo, path: string): void {
  try {
    target.fs.rmdir(path);
  } catch {
    // libostree's cleanup_tmpdir removes it in a day.
  }
}
