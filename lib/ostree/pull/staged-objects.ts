import { constants } from 'node:fs';
import { errnoOf } from '../../errors';
import { closeAll } from '../close-all';
import type { Repo } from '../repo/open-repo';
import { verifyObject } from '../repo/verify-object';
import { removeTemporaryFile, temporaryPath } from '../write/write-durable-file';
import type { ImportCounts, ObjectToImport } from './object-list';

/** How much lies in `tmp/` at most before it is made durable and gets its names. */
const PENDING_OBJECTS_MAX = 1000;
const PENDING_BYTES_MAX = 256 * 1024 * 1024;

/**
 * Objects that are made for a target, in a folder of its `tmp/` that is laid out like a repository, so that they can be
 * checked there; when many are durable, each gets its name by a link that replaces nothing.
 */
export class StagedObjects {
  readonly #target: Repo;
  readonly #counts: ImportCounts;
  #staging: Repo | null = null;
  readonly #folders = new Set<string>();
  #pending: ObjectToImport[] = [];
  #pendingBytes = 0;

  constructor(target: Repo, counts: ImportCounts) {
    this.#target = target;
    this.#counts = counts;
  }

  /** Where to make an object. It is removed by `close` if it never gets its name. */
  begin(object: ObjectToImport): { staging: Repo; path: string } {
    const staging = this.#open();
    const fanout = object.path.slice(0, 2);
    if (!this.#folders.has(fanout)) {
      this.#target.fs.mkdir(`${staging.root}/objects/${fanout}`, 0o700);
      this.#folders.add(fanout);
    }
    this.#pending.push(object);
    return { staging, path: `${staging.root}/objects/${object.path}` };
  }

  /** Counts an object that is made and checked. It has its name in the target only after `flush`. */
  end(sizeBytes: number): void {
    this.#counts.objectsCopied++;
    this.#counts.bytesCopied += sizeBytes;
    this.#pendingBytes += sizeBytes;
    if (this.#pending.length >= PENDING_OBJECTS_MAX || this.#pendingBytes >= PENDING_BYTES_MAX) this.flush();
  }

  /** Makes what is there durable and gives it its names. */
  flush(): void {
    const staging = this.#staging;
    if (staging === null || this.#pending.length === 0) return;
    const { fs, root, rootFd } = this.#target;
    fs.syncfs(rootFd);
    for (const object of this.#pending) {
      const made = `${staging.root}/objects/${object.path}`;
      try {
        fs.link(made, `${root}/objects/${object.path}`);
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error;
        // Somebody else was faster; theirs has to be as good.
        verifyObject(this.#target, object.checksum, object.type);
      }
      fs.unlink(made);
    }
    this.#pending = [];
    this.#pendingBytes = 0;
  }

  /** Removes everything temporary, after success and after failure. */
  close(): void {
    const staging = this.#staging;
    if (staging === null) return;
    this.#staging = null;
    closeAll([() => this.#target.fs.close(staging.objectsFd), () => this.#removeAll(staging)]);
  }

  /** By the names that were given: a directory could not be listed where descriptors are used up. */
  #removeAll({ root }: Repo): void {
    for (const { path } of this.#pending) removeTemporaryFile(this.#target, `${root}/objects/${path}`);
    this.#pending = [];
    for (const fanout of this.#folders) removeFolder(this.#target, `${root}/objects/${fanout}`);
    removeFolder(this.#target, `${root}/objects`);
    removeFolder(this.#target, root);
  }

  #open(): Repo {
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
}

function removeFolder(target: Repo, path: string): void {
  try {
    target.fs.rmdir(path);
  } catch {
    // libostree's cleanup_tmpdir removes it in a day.
  }
}
