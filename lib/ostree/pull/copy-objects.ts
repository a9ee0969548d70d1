import { constants } from 'node:fs';
import { errnoOf } from '../../errors';
import type { Repo } from '../repo/open-repo';
import { corruptObject, missingObject } from '../repo/read-object';
import { OPEN_READ } from '../repo/read-whole-file';
import type { ImportCounts, ObjectToImport } from './object-list';
import type { Pacer } from './pacer';
import { StagedObjects } from './staged-objects';
import { verifyPaced } from './verify-paced';

/** Copies objects where a hard link cannot be or is not wanted; what is checked is the copy itself. */
export class ObjectCopier {
  /** Set when every object is to be copied. */
  isUsed: boolean;
  readonly #source: Repo;
  readonly #target: Repo;
  readonly #staged: StagedObjects;

  constructor(source: Repo, target: Repo, options: { isUsed: boolean; counts: ImportCounts }) {
    this.#source = source;
    this.#target = target;
    this.isUsed = options.isUsed;
    this.#staged = new StagedObjects(target, options.counts);
  }

  /** Copies one object, and checks the copy if it is to. It has its name in the target only after `flush`. */
  async copy(object: ObjectToImport, isVerified: boolean, pacer: Pacer): Promise<void> {
    const { staging, path } = this.#staged.begin(object);
    const sizeBytes = this.#copyFile(object, path);
    if (isVerified) await verifyPaced(staging, object, pacer);
    this.#staged.end(sizeBytes);
  }

  /** Makes what was copied durable and gives it its names. */
  flush(): void {
    this.#staged.flush();
  }

  /** Removes everything temporary, after success and after failure. */
  close(): void {
    this.#staged.close();
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
