import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { errnoOf } from '../errors';

/** An open regular file. Whoever gets it closes `fd`. */
export interface OpenFile {
  fd: number;
  stat: BigIntStats;
}

const directoryFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** O_NONBLOCK: a fifo or a device under an allowed name must not hang the server. */
const fileFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** What "there is no such regular file" looks like, symbolic links at any level included. */
const absentErrnos = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'ENAMETOOLONG', 'EACCES']);

/**
 * Opens the regular file at `segments` below the directory `rootPath`, one component at a time through
 * `/proc/self/fd`, so that no symbolic link is followed anywhere below the root, whatever happens to the
 * names in the meantime.
 *
 * @returns null where there is no such regular file
 */
export function openServedFile(rootPath: string, segments: readonly string[]): OpenFile | null {
  let directory: number | null = null;
  try {
    directory = openSync(rootPath, directoryFlags);
    for (const name of segments.slice(0, -1)) {
      const next = openSync(`/proc/self/fd/${directory}/${name}`, directoryFlags);
      closeSync(directory);
      directory = next;
    }
    const fd = openSync(`/proc/self/fd/${directory}/${segments.at(-1)}`, fileFlags);
    const stat = fstatSync(fd, { bigint: true });
    if (stat.isFile()) return { fd, stat };
    closeSync(fd);
    return null;
  } catch (error) {
    if (absentErrnos.has(errnoOf(error) ?? '')) return null;
    throw error;
  } finally {
    if (directory !== null) closeSync(directory);
  }
}

/** The whole content of an open file, as long as `fstat` said it is; null where it has become shorter. */
export function readWhole(file: OpenFile): Buffer | null {
  const bytes = Buffer.allocUnsafe(Number(file.stat.size));
  let at = 0;
  while (at < bytes.length) {
    const count = readSync(file.fd, bytes, at, bytes.length - at, at);
    if (count === 0) return null;
    at += count;
  }
  return bytes;
}

/** A text that changes when the file at this name is replaced or changed. */
export function changeMarkOf(stat: BigIntStats): string {
  return `${stat.dev.toString(36)}.${stat.ino.toString(36)}.${stat.size.toString(36)}.${stat.mtimeNs.toString(36)}.${stat.ctimeNs.toString(36)}`;
}
