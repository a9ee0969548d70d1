import { parseVariant, serializeVariant, type Value } from '../../gvariant';
import { assertPermissionBits, S_IFLNK, S_IFMT, S_IFREG } from './dirmeta';
import { asFormat, corrupt } from './format-error';
import { limits } from './limits';
import { type Xattr, xattrsFromValue, xattrsToValue } from './xattrs';

/** What a content object says besides its content. `mode` has its type bits; `target` is '' for files. */
export interface FileHeader {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
  readonly target: string;
  readonly xattrs: readonly Xattr[];
}

/** The header of an archive file. The size is covered by no checksum. */
export interface FilezHeader extends FileHeader {
  readonly sizeBytes: bigint;
}

const TYPE = '(uuuusa(ayay))';
const FILEZ_TYPE = '(tuuuusa(ayay))';
/** In front of a header: its length, big-endian, and four zero bytes. */
export const HEADER_PREFIX_BYTES = 8;
/** Where the symlink target begins in a filez header. */
const FILEZ_TARGET_AT = 24;
const NO_XATTRS: readonly Xattr[] = [];

export function isSymlinkHeader(header: FileHeader): boolean {
  return (header.mode & S_IFMT) === S_IFLNK;
}

/**
 * What a content object's checksum begins with: length, padding, header. Its content follows, if it is a file.
 * @see libostree `_ostree_file_header_new`, `variant_to_lenprefixed_buffer`
 */
export function serializeFileHeader(header: FileHeader): Uint8Array {
  assertFileHeader(header);
  const value: Value = [header.uid, header.gid, header.mode, 0, header.target, xattrsToValue(header.xattrs)];
  return withPrefix(asFormat('file header', () => serializeVariant(TYPE, value, { endian: 'big' })));
}

/** What an archive file begins with: length, padding, header. Raw deflate follows, if it is a file. */
export function serializeFilezHeader(header: FilezHeader): Uint8Array {
  assertFileHeader(header);
  const { sizeBytes, uid, gid, mode, target, xattrs } = header;
  const value: Value = [sizeBytes, uid, gid, mode, 0, target, xattrsToValue(xattrs)];
  return withPrefix(asFormat('filez header', () => serializeVariant(FILEZ_TYPE, value, { endian: 'big' })));
}

/**
 * Reads the eight bytes in front of a header.
 * @param available how many bytes the file has beyond the prefix
 * @returns the header's length in bytes
 * @throws AppError `ostree/object-corrupt`
 */
export function parseHeaderPrefix(bytes: Uint8Array, available: number): number {
  if (bytes.length < HEADER_PREFIX_BYTES) throw corrupt('file header: the file is too short');
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_PREFIX_BYTES);
  const length = view.getUint32(0, false);
  if (view.getUint32(4, false) !== 0) throw corrupt('file header: its padding is not zero');
  if (length > limits.fileHeaderSizeBytesMax) throw corrupt('file header: it is longer than 1 MiB');
  if (length > available) throw corrupt('file header: it is longer than the file');
  return length;
}

/** Parses the header that serializeFileHeader writes, without its prefix. */
export function parseFileHeader(bytes: Uint8Array): FileHeader {
  const value = asFormat('file header', () => parseVariant(TYPE, bytes, { endian: 'big' }));
  const [uid, gid, mode, rdev, target, xattrs] = value as [number, number, number, number, string, Value];
  assertRdev(rdev);
  const header = { uid, gid, mode, target, xattrs: xattrsFromValue(xattrs) };
  assertFileHeader(header);
  return header;
}

/** Parses the header of an archive file, without its prefix. */
export function parseFilezHeader(bytes: Uint8Array): FilezHeader {
  return parsePlainFilezHeader(bytes) ?? parseAnyFilezHeader(bytes);
}

function parseAnyFilezHeader(bytes: Uint8Array): FilezHeader {
  const value = asFormat('filez header', () => parseVariant(FILEZ_TYPE, bytes, { endian: 'big' }));
  const [sizeBytes, uid, gid, mode, rdev, target, xattrs] = value as [
    bigint,
    number,
    number,
    number,
    number,
    string,
    Value,
  ];
  assertRdev(rdev);
  const header = { sizeBytes, uid, gid, mode, target, xattrs: xattrsFromValue(xattrs) };
  assertFileHeader(header);
  return header;
}

/** The header of nearly every file: no symlink target, no extended attributes. Null where there is more to it. */
function parsePlainFilezHeader(bytes: Uint8Array): FilezHeader | null {
  // The target's zero byte, then one framing offset that says where the target ends.
  if (bytes.length !== FILEZ_TARGET_AT + 2 || bytes[FILEZ_TARGET_AT] !== 0) return null;
  if (bytes[FILEZ_TARGET_AT + 1] !== FILEZ_TARGET_AT + 1) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  assertRdev(view.getUint32(20, false));
  const header = {
    sizeBytes: view.getBigUint64(0, false),
    uid: view.getUint32(8, false),
    gid: view.getUint32(12, false),
    mode: view.getUint32(16, false),
    target: '',
    xattrs: NO_XATTRS,
  };
  assertFileHeader(header);
  return header;
}

/** @throws AppError `ostree/object-corrupt` where mode and target do not go together */
export function assertFileHeader(header: FileHeader): void {
  assertPermissionBits(header.mode, 'file header');
  const type = header.mode & S_IFMT;
  if (type === S_IFREG) {
    if (header.target !== '') throw corrupt('file header: a file has a symlink target');
    return;
  }
  if (type !== S_IFLNK) throw corrupt('file header: it is neither a file nor a symlink');
  if (header.target === '') throw corrupt('file header: a symlink has no target');
  if (header.target.includes('\0')) throw corrupt('file header: a symlink target holds a zero byte');
  if (Buffer.byteLength(header.target) > limits.symlinkTargetBytesMax) {
    throw corrupt('file header: a symlink target is longer than 4095 bytes');
  }
}

function assertRdev(rdev: number): void {
  if (rdev !== 0) throw corrupt('file header: it names a device');
}

function withPrefix(header: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_PREFIX_BYTES + header.length);
  new DataView(bytes.buffer).setUint32(0, header.length, false);
  bytes.set(header, HEADER_PREFIX_BYTES);
  return bytes;
}
