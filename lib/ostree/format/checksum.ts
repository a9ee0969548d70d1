import { createHash, hash } from 'node:crypto';
import { AppError } from '../../errors';
import { bufferOf } from './buffer-of';
import { corrupt } from './format-error';

declare const checksumBrand: unique symbol;
/** SHA-256 as 64 lower-case hex digits. */
export type Checksum = string & { readonly [checksumBrand]: true };

export const CHECKSUM_BYTES = 32;
const PATTERN = /^[0-9a-f]{64}$/;

export function isChecksum(text: string): text is Checksum {
  return text.length === 64 && PATTERN.test(text);
}

/** @throws AppError `ostree/checksum-invalid` unless `text` is 64 lower-case hex digits */
export function parseChecksum(text: string): Checksum {
  if (isChecksum(text)) return text;
  throw new AppError('ostree/checksum-invalid', 'a checksum must be 64 lower-case hex digits');
}

/** @throws AppError `ostree/object-corrupt` unless there are 32 bytes */
export function checksumFromBytes(bytes: Uint8Array): Checksum {
  return checksumBetween(bufferOf(bytes), 0, bytes.length);
}

/** As checksumFromBytes, of `[start, end)` of a buffer. */
export function checksumBetween(buffer: Buffer, start: number, end: number): Checksum {
  if (end - start !== CHECKSUM_BYTES) throw corrupt(`a checksum has ${end - start} bytes instead of 32`);
  return readChecksum(buffer, start);
}

/** The checksum whose 32 bytes are in `buffer` from `at` on. */
export function readChecksum(buffer: Buffer, at: number): Checksum {
  return buffer.toString('hex', at, at + CHECKSUM_BYTES) as Checksum;
}

/** The 32 bytes that a checksum's digits stand for. */
export function checksumToBytes(checksum: Checksum): Uint8Array {
  return new Uint8Array(Buffer.from(checksum, 'hex'));
}

/** SHA-256 over all `chunks` in a row. */
export function sha256(...chunks: readonly Uint8Array[]): Checksum {
  if (chunks.length === 1) return hash('sha256', chunks[0] as Uint8Array, 'hex') as Checksum;
  const digest = createHash('sha256');
  for (const chunk of chunks) digest.update(chunk);
  return digest.digest('hex') as Checksum;
}
