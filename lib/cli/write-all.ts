import { writeSync } from 'node:fs';
import { errnoOf } from '../errors';

/**
 * Writes all of `bytes`. Synchronous, so that nothing is lost when the process ends, and so that a
 * long listing waits for a slow reader instead of filling memory.
 * @throws the system error, `EPIPE` where the reader has gone
 */
export function writeAll(fd: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length; ) {
    try {
      offset += writeSync(fd, bytes, offset);
    } catch (error) {
      // A pipe that another program made non-blocking, and that is full.
      if (errnoOf(error) !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
