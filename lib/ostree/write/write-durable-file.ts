import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import type { Repo } from '../repo/open-repo';

/** Begins the name of each temporary file of ours in `tmp/`, where libostree reaps leftovers after a day. */
export const TEMPORARY_PREFIX = 'treeline-';

/** A name in the repository's `tmp/` that nobody else has. Absolute, through the repository's descriptor. */
export function temporaryPath(repo: Repo, directory = `${repo.root}/tmp`): string {
  return `${directory}/${TEMPORARY_PREFIX}${randomBytes(9).toString('hex')}`;
}

/** Writes all of `bytes` at the descriptor's position. */
export function writeFully(repo: Repo, fd: number, bytes: Uint8Array): void {
  let offset = 0;
  while (offset < bytes.length) offset += repo.fs.write(fd, bytes, offset, bytes.length - offset, null);
}

/** Makes the directory's entries durable. A failure is fatal for the job, never retried. */
export function syncDirectory(repo: Repo, path: string): void {
  const fd = repo.fs.open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    repo.fs.fsync(fd);
  } finally {
    repo.fs.close(fd);
  }
}

export interface DurableFileOptions {
  /** 0644 by default, whatever the umask. */
  mode?: number;
  /** Modification time in seconds; now by default. */
  mtimeSeconds?: number;
  /** Where the temporary file is made; the repository's `tmp/` by default. */
  directory?: string;
}

/**
 * Makes a complete, durable file under a temporary name.
 * @returns its path; the caller renames or links it, and syncs the directory it comes to lie in
 */
export function writeTemporaryFile(repo: Repo, bytes: Uint8Array, options: DurableFileOptions = {}): string {
  const path = temporaryPath(repo, options.directory);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const fd = repo.fs.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    try {
      writeFully(repo, fd, bytes);
      repo.fs.fchmod(fd, options.mode ?? 0o644);
      if (options.mtimeSeconds !== undefined) repo.fs.futimes(fd, options.mtimeSeconds, options.mtimeSeconds);
      repo.fs.fsync(fd);
    } finally {
      repo.fs.close(fd);
    }
  } catch (error) {
    removeTemporaryFile(repo, path);
    throw error;
  }
  return path;
}

/** Removes a temporary file after a failure; that it may be gone or refuse to go must not hide the failure. */
export function removeTemporaryFile(repo: Repo, path: string): void {
  try {
    repo.fs.unlink(path);
  } catch {
    // libostree's cleanup_tmpdir removes it in a day.
  }
}

/**
 * Replaces a file of the repository so that after a crash at any instant it holds all of the old bytes or all of
 * the new ones, and the new ones for sure once this returns: temporary file, fsync, rename, fsync of the directory.
 *
 * @param relativePath below the repository's root; its directory exists
 */
export function writeDurableFile(
  repo: Repo,
  relativePath: string,
  bytes: Uint8Array,
  options: DurableFileOptions = {},
): void {
  const temporary = writeTemporaryFile(repo, bytes, options);
  try {
    repo.fs.rename(temporary, `${repo.root}/${relativePath}`);
  } catch (error) {
    removeTemporaryFile(repo, temporary);
    throw error;
  }
  const slash = relativePath.lastIndexOf('/');
  syncDirectory(repo, slash < 0 ? repo.root : `${repo.root}/${relativePath.slice(0, slash)}`);
}
