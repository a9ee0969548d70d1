import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { errnoOf } from '../../../errors';
import type { Checksum } from '../../format/checksum';
import type { MetadataType, ObjectType, SideType } from '../../format/object-path';
import { tryLockFile } from '../../native/file-lock';
import type { Repo } from '../../repo/open-repo';
import { isAboutObject } from '../../repo/read-object';
import { removeTree } from '../../write/remove-tree';
import { SpaceBudget } from '../../write/space-budget';
import { removeTemporaryFile, TEMPORARY_PREFIX, writeFully } from '../../write/write-durable-file';

const FOLDER_PREFIX = `${TEMPORARY_PREFIX}fetch-`;
const LOCK_FILE = 'lock';
const SUBFOLDERS = ['objects', 'parts'];

/**
 * A folder of the target's `tmp/`, laid out like an archive repository, where what was fetched waits for its name. The
 * lock of a file in it tells whose it is: a folder that nobody holds was left by a process that was killed, and is
 * taken over with what it has. Whatever is found there is checked before it is used, since a power cut may have
 * torn it.
 */
export class FetchStaging {
  /** The folder as a repository; errors about its objects name where they came from. */
  readonly repo: Repo;
  /** Whether a killed process has left something in it. */
  readonly isTakenOver: boolean;
  readonly #target: Repo;
  readonly #lockFd: number;
  readonly #fanouts = new Set<string>();
  readonly #budget: SpaceBudget;

  private constructor(target: Repo, folder: Folder, options: { from: string; isTakenOver: boolean }) {
    const { from, isTakenOver } = options;
    this.isTakenOver = isTakenOver;
    this.#target = target;
    this.#lockFd = folder.lockFd;
    this.#budget = new SpaceBudget(target);
    const { root } = folder;
    const objectsFd = target.fs.open(`${root}/objects`, constants.O_RDONLY | constants.O_DIRECTORY);
    this.repo = { ...target, root, objectsFd, path: from, mode: 'archive', parent: null };
  }

  /**
   * Takes over a folder that a killed process left, or makes one; further ones are removed. The caller holds the shared
   * lock of the target.
   *
   * @param from where objects come from, for messages
   */
  static open(target: Repo, from: string): FetchStaging {
    const [first, ...others] = takeAbandoned(target);
    for (const folder of others) removeFolder(target, folder);
    const folder = first ?? makeFolder(target);
    try {
      for (const name of SUBFOLDERS) makeFolderAt(target, `${folder.root}/${name}`);
      return new FetchStaging(target, folder, { from, isTakenOver: first !== undefined });
    } catch (error) {
      removeFolder(target, folder);
      throw error;
    }
  }

  /** Where an object of that name waits, whether or not it is there. */
  pathOf(checksum: Checksum, type: ObjectType | SideType): string {
    const extension = type === 'file' ? 'filez' : type;
    return `${this.repo.root}/objects/${checksum.slice(0, 2)}/${checksum.slice(2)}.${extension}`;
  }

  has(checksum: Checksum, type: ObjectType | SideType): boolean {
    return this.repo.fs.lstat(this.pathOf(checksum, type)) !== null;
  }

  /**
   * What a killed process left of a metadata object, if it is good; a bad one is dropped.
   * @param read checks it and says what it is
   */
  readLeft<T>(checksum: Checksum, type: MetadataType, read: (repo: Repo, checksum: Checksum) => T): T | null {
    if (!this.isTakenOver || !this.has(checksum, type)) return null;
    try {
      return read(this.repo, checksum);
    } catch (error) {
      if (!isAboutObject(error)) throw error;
      this.drop(checksum, type);
      return null;
    }
  }

  /** Puts a whole object in, in place of what may lie there. Its bytes have been checked. */
  write(checksum: Checksum, type: ObjectType | SideType, bytes: Uint8Array): void {
    this.makeFanout(checksum);
    const path = this.pathOf(checksum, type);
    const fd = this.#create(path);
    try {
      this.append(fd, bytes);
      this.repo.fs.fchmod(fd, 0o644);
    } finally {
      this.repo.fs.close(fd);
    }
  }

  /** Opens the file of a large object that is under way, for reading and writing; it may hold a part already. */
  openPart(checksum: Checksum): number {
    const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
    return this.repo.fs.open(this.#partPath(checksum), O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
  }

  hasPart(checksum: Checksum): boolean {
    return this.repo.fs.lstat(this.#partPath(checksum)) !== null;
  }

  /** The part is whole and has been checked: from now on it is the object. */
  finishPart(checksum: Checksum): void {
    this.makeFanout(checksum);
    this.repo.fs.rename(this.#partPath(checksum), this.pathOf(checksum, 'file'));
  }

  dropPart(checksum: Checksum): void {
    removeTemporaryFile(this.#target, this.#partPath(checksum));
  }

  drop(checksum: Checksum, type: ObjectType | SideType): void {
    removeTemporaryFile(this.#target, this.pathOf(checksum, type));
  }

  /**
   * Writes at the descriptor's position.
   * @throws AppError `ostree/no-space` when only the space is left that the target's config reserves
   */
  append(fd: number, bytes: Uint8Array): void {
    this.#budget.take(bytes.length);
    writeFully(this.#target, fd, bytes);
  }

  makeFanout(checksum: Checksum): void {
    const fanout = checksum.slice(0, 2);
    if (this.#fanouts.has(fanout)) return;
    makeFolderAt(this.repo, `${this.repo.root}/objects/${fanout}`);
    this.#fanouts.add(fanout);
  }

  /** Removes the folder with whatever is left in it. After success and after failure. */
  close(): void {
    this.#target.fs.close(this.repo.objectsFd);
    removeFolder(this.#target, { root: this.repo.root, lockFd: this.#lockFd });
  }

  #partPath(checksum: Checksum): string {
    return `${this.repo.root}/parts/${checksum}`;
  }

  #create(path: string): number {
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    const { fs } = this.repo;
    try {
      return fs.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
      fs.unlink(path);
      return fs.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    }
  }
}

interface Folder {
  readonly root: string;
  readonly lockFd: number;
}

function makeFolder(target: Repo): Folder {
  const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const { fs } = target;
  for (;;) {
    const root = `${target.root}/tmp/${FOLDER_PREFIX}${randomBytes(9).toString('hex')}`;
    fs.mkdir(root, 0o700);
    try {
      const lockFd = fs.open(`${root}/${LOCK_FILE}`, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
      tryLockFile(lockFd, 'exclusive');
      return { root, lockFd };
    } catch (error) {
      // Another pull took the empty folder for one that was left.
      if (errnoOf(error) !== 'ENOENT') throw error;
    }
  }
}

/** The lock goes last: what is left when this process dies on the way has an owner, or is empty. */
function removeFolder(target: Repo, { root, lockFd }: Folder): void {
  try {
    for (const name of SUBFOLDERS) removeTree(target, `${root}/${name}`);
    removeTree(target, root);
  } finally {
    target.fs.close(lockFd);
  }
}

/** Folders that nobody holds, now held by us. */
function takeAbandoned(target: Repo): Folder[] {
  const { fs } = target;
  const uid = process.getuid?.();
  return fs.readdir(`${target.root}/tmp`).flatMap(({ name, type }) => {
    const root = `${target.root}/tmp/${name}`;
    if (type !== 'directory' || !name.startsWith(FOLDER_PREFIX)) return [];
    // Somebody else's folder is no business of ours: they could change what was checked.
    if (fs.lstat(root)?.uid !== uid) return [];
    const lockFd = takeLock(target, root);
    if (lockFd === null) return [];
    return [{ root, lockFd }];
  });
}

/** null while the process that made the folder is at work, and when it has just removed it. */
function takeLock(target: Repo, root: string): number | null {
  const { fs } = target;
  const path = `${root}/${LOCK_FILE}`;
  let fd: number;
  try {
    fd = fs.open(path, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    // Its process died at the very beginning or end, if it is empty.
    removeIfEmpty(target, root);
    return null;
  }
  if (tryLockFile(fd, 'exclusive') && fs.lstat(path) !== null) return fd;
  fs.close(fd);
  return null;
}

function removeIfEmpty(target: Repo, root: string): void {
  try {
    target.fs.rmdir(root);
  } catch (error) {
    if (errnoOf(error) !== 'ENOTEMPTY' && errnoOf(error) !== 'ENOENT') throw error;
  }
}

function makeFolderAt(repo: Repo, path: string): void {
  try {
    repo.fs.mkdir(path, 0o700);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
}
