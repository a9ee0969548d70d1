import { hash } from 'node:crypto';
import type { Checksum } from '../format/checksum';
import {
  HEADER_PREFIX_BYTES,
  isSymlinkHeader,
  parseFilezHeader,
  serializeFileHeader,
} from '../format/file-header';
import type { FsPort } from '../fs-port';
import { inflateWhole } from './inflate';

const FILE_BYTES_MAX = 64 * 1024;
const CONTENT_BYTES_MAX = 512 * 1024;
const HEADER_BYTES_MAX = 1024;
/** The size stands first in a header, and the checksum does not cover it. */
const SIZE_BYTES = 8;
const HEADERS_MAX = 1000;

const file = Buffer.alloc(FILE_BYTES_MAX + 1);
const hashed = Buffer.alloc(HEADER_BYTES_MAX + CONTENT_BYTES_MAX + 1);
/** What the checksum begins with, by the bytes of a header behind its size: thousands of files share a few. */
const prefixes = new Map<string, Uint8Array>();

/**
 * Verifies an archive file that is small, as most are, in one read, one inflation and one hash, and only ever says yes:
 * where the answer is false, the file is large, unusual or damaged, and the long way tells which.
 *
 * @param sizeBytes of the open file
 */
export function isGoodSmallFilez(fs: FsPort, fd: number, sizeBytes: number, checksum: Checksum): boolean {
  if (sizeBytes > FILE_BYTES_MAX || sizeBytes < HEADER_PREFIX_BYTES + SIZE_BYTES) return false;
  // One byte more than there should be: a file that has grown is not what was looked at.
  if (fs.read(fd, file, 0, sizeBytes + 1, 0) !== sizeBytes) return false;
  const headerEnd = HEADER_PREFIX_BYTES + file.readUInt32BE(0);
  if (file.readUInt32BE(4) !== 0 || headerEnd > HEADER_BYTES_MAX || headerEnd > sizeBytes) return false;
  const prefix = findPrefix(headerEnd);
  const contentBytes = file.readUInt32BE(HEADER_PREFIX_BYTES + 4);
  if (prefix === null || file.readUInt32BE(HEADER_PREFIX_BYTES) !== 0 || contentBytes > CONTENT_BYTES_MAX)
    return false;
  hashed.set(prefix, 0);
  const end = prefix.length + contentBytes;
  if (!inflateWhole(file.subarray(headerEnd, sizeBytes), hashed, prefix.length, contentBytes)) return false;
  return hash('sha256', hashed.subarray(0, end), 'hex') === checksum;
}

/** Null for what is no plain file, or no valid header. */
function findPrefix(headerEnd: number): Uint8Array | null {
  const key = file.toString('latin1', HEADER_PREFIX_BYTES + SIZE_BYTES, headerEnd);
  const known = prefixes.get(key);
  if (known !== undefined) return known;
  const header = parseFilezHeader(Uint8Array.prototype.slice.call(file, HEADER_PREFIX_BYTES, headerEnd));
  if (isSymlinkHeader(header)) return null;
  // Shorter than what was read, as it lacks the size.
  const prefix = serializeFileHeader(header);
  if (prefixes.size >= HEADERS_MAX) prefixes.clear();
  prefixes.set(key, prefix);
  return prefix;
}
