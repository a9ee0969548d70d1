import { libc, systemError } from './libc';

/**
 * Reading and closing an open file, as node:fs does it, for two thirds of the price: whoever goes through a repository does both
 * once for each object. A thread that calls these has to be one whose descriptors Node does not watch
 * (`trackUnmanagedFds: false`): at its end Node would close what it believes to be open still.
 */

/**
 * Reads into `[offset, offset + length)` of `buffer`, from `position` or, where it is null, from where the descriptor stands.
 * @returns how many bytes
 * @throws RangeError where that is not within the buffer, else a system error
 */
export function readFile(
  fd: number,
  buffer: Uint8Array,
  offset: number,
  length: number,
  position: number | null,
): number {
  if (offset < 0 || length < 0 || offset + length > buffer.length)
    throw new RangeError(`${length} bytes at ${offset} are not within a buffer of ${buffer.length}`);
  const into = offset === 0 ? buffer : buffer.subarray(offset);
  for (;;) {
    const size = position === null ? libc().read(fd, into, length) : libc().pread(fd, into, length, position);
    if (size >= 0) return size;
    const error = systemError(position === null ? 'read' : 'pread');
    /* v8 ignore else -- only reading from a file system of another machine is interrupted by a signal */
    if (error.code !== 'EINTR') throw error;
  }
}

/** Closes a descriptor. Throws a system error; Linux has closed it then as well, but where it was none. */
export function closeFile(fd: number): void {
  if (libc().close(fd) === 0) return;
  const error = systemError('close');
  /* v8 ignore else -- as above: it is closed all the same */
  if (error.code !== 'EINTR') throw error;
}
