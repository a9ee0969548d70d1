import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { errnoOf, isAppError } from '../../errors';
import type { Checksum } from '../format/checksum';
import { corrupt } from '../format/format-error';
import type { Repo } from '../repo/open-repo';
import { OPEN_READ } from '../repo/read-whole-file';
import { asWriteError } from '../write/io-error';
import { makeDirectory } from '../write/make-directory';
import { removeTemporaryFile, syncDirectory, temporaryPath } from '../write/write-durable-file';
import { canLink, type Isolation } from './can-link';
import { type PaceOptions, Pacer } from './pacer';
import { type DeltaLeft, type DeltaToCarry, planDeltas } from './plan-deltas';

export interface CarriedDeltas {
  /** Names of the deltas that came, `<from>-<to>` or `<to>`. */
  readonly carried: readonly string[];
  /** Those of the source that lead to the same commits and stayed behind. */
  readonly left: readonly DeltaLeft[];
}

export interface CarryOptions extends PaceOptions {
  isolation?: Isolation;
}

/**
 * Brings the static deltas that lead to `commits`, by hard link where objects are linked too. Parts come first, then,
 * when those are durable, the superblock, without which a delta does not exist; it is durable when this returns. Called
 * after the commits have come and been signed and before a ref names them. A delta is never applied. The caller holds
 * the shared lock of both repositories.
 *
 * @returns what came; a delta that is damaged or does not suit the target stays behind and is named, which is no error:
 * clients do without
 * @throws AppError `ostree/no-space`, `ostree/io-failed`, `ostree/repo-read-only`, `ostree/aborted`
 */
export async function carryDeltas(
  source: Repo,
  target: Repo,
  commits: readonly Checksum[],
  options: CarryOptions = {},
): Promise<CarriedDeltas> {
  const carried: string[] = [];
  const left: DeltaLeft[] = [];
  const pacer = new Pacer(options);
  try {
    const plan = planDeltas(source, target, commits);
    left.push(...plan.left);
    // What was never written back would be lost with both names of it.
    if (plan.carried.length > 0) source.fs.syncfs(source.rootFd);
    for (const one of plan.carried) {
      pacer.check();
      try {
        carryOne(source, target, one, canLink(source, target, options.isolation));
        carried.push(one.delta.name);
      } catch (error) {
        if (!isAppError(error, 'ostree/object-corrupt')) throw error;
        left.push({ name: one.delta.name, why: `it is damaged: ${error.message}` });
      }
      await pacer.pause();
    }
  } catch (error) {
    throw asWriteError(target, 'bringing static deltas into', error);
  }
  return { carried, left };
}

function carryOne(
  source: Repo,
  target: Repo,
  { delta, parts, superblock }: DeltaToCarry,
  isLinked: boolean,
): void {
  const { directory } = delta;
  // All of them, before the first has a name.
  for (const [name, checksum] of parts) assertFile(source, `${directory}/${name}`, checksum);
  makeDirectory(target, 'deltas');
  makeDirectory(target, directory.slice(0, directory.lastIndexOf('/')));
  makeDirectory(target, directory);
  for (const [name, checksum] of parts) bringFile(source, target, `${directory}/${name}`, checksum, isLinked);
  syncDirectory(target, `${target.root}/${directory}`);
  bringFile(source, target, `${directory}/superblock`, superblock, isLinked);
  syncDirectory(target, `${target.root}/${directory}`);
}

/** Gives a file its name in the target, and makes sure that the name leads to what has the checksum. */
function bringFile(source: Repo, target: Repo, path: string, checksum: Checksum, isLinked: boolean): void {
  const to = `${target.root}/${path}`;
  const isNew = target.fs.lstat(to) === null && place(source, target, path, isLinked);
  try {
    assertFile(target, path, checksum);
  } catch (error) {
    // It was replaced in the source after it had been checked. What others put there is not ours to remove.
    if (isNew) target.fs.unlink(to);
    throw error;
  }
}

/** @returns whether the name in the target is of our making */
function place(source: Repo, target: Repo, path: string, isLinked: boolean): boolean {
  const to = `${target.root}/${path}`;
  if (isLinked) {
    try {
      return linkUnlessThere(target, `${source.root}/${path}`, to);
    } catch (error) {
      const code = errnoOf(error);
      if (code !== 'EXDEV' && code !== 'EPERM' && code !== 'EMLINK') throw error;
    }
  }
  const temporary = temporaryPath(target);
  try {
    copyDurably(source, target, path, temporary);
    return linkUnlessThere(target, temporary, to);
  } finally {
    removeTemporaryFile(target, temporary);
  }
}

/** false where another pull of the same delta was faster, or one before was killed: what is there is checked too. */
function linkUnlessThere(target: Repo, from: string, to: string): boolean {
  try {
    target.fs.link(from, to);
    return true;
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    return false;
  }
}

function copyDurably(source: Repo, target: Repo, path: string, temporary: string): void {
  const from = openRegular(source, path);
  try {
    const mode = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE;
    target.fs.copyFile(`/proc/self/fd/${from}`, temporary, mode);
    const to = target.fs.open(temporary, constants.O_RDWR | constants.O_NOFOLLOW);
    try {
      target.fs.fchmod(to, 0o644);
      target.fs.fsync(to);
    } finally {
      target.fs.close(to);
    }
  } finally {
    source.fs.close(from);
  }
}

const CHUNK_BYTES = 1024 * 1024;

/** @throws AppError `ostree/object-corrupt` unless it is a regular file whose bytes have the checksum */
function assertFile(repo: Repo, path: string, checksum: Checksum): void {
  const fd = openRegular(repo, path);
  try {
    const digest = createHash('sha256');
    const chunk = new Uint8Array(CHUNK_BYTES);
    for (let got = repo.fs.read(fd, chunk, 0, CHUNK_BYTES, null); got > 0; ) {
      digest.update(chunk.subarray(0, got));
      got = repo.fs.read(fd, chunk, 0, CHUNK_BYTES, null);
    }
    if (digest.digest('hex') !== checksum)
      throw corrupt(`${path} in ${repo.path} does not have the checksum that its superblock gives it`);
  } finally {
    repo.fs.close(fd);
  }
}

function openRegular(repo: Repo, path: string): number {
  let fd: number;
  try {
    fd = repo.fs.open(`${repo.root}/${path}`, OPEN_READ);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT') throw corrupt(`${path} is missing from ${repo.path}`);
    if (code === 'ELOOP') throw corrupt(`${path} in ${repo.path} is a symlink`);
    throw error;
  }
  if (repo.fs.fstat(fd).type === 'file') return fd;
  repo.fs.close(fd);
  throw corrupt(`${path} in ${repo.path} is no regular file`);
}
