import { compareUtf8 } from '../../gvariant';
import { bufferOf } from './buffer-of';
import { CHECKSUM_BYTES, type Checksum, readChecksum } from './checksum';
import { fileNameEncoding, fileNameProblem } from './file-name';
import { corrupt } from './format-error';

export interface DirtreeFile {
  readonly name: string;
  readonly checksum: Checksum;
}

export interface DirtreeDir {
  readonly name: string;
  readonly dirtree: Checksum;
  readonly dirmeta: Checksum;
}

/** The entries of one directory, each array sorted by the bytes of the names. */
export interface Dirtree {
  readonly files: readonly DirtreeFile[];
  readonly dirs: readonly DirtreeDir[];
}

/** One entry, as it stands in a dirtree's bytes. */
export interface RawEntry {
  /** The name is `[nameStart, nameEnd)`, of an encoding that says whether it is more than ASCII. */
  nameStart: number;
  nameEnd: number;
  encoding: 'latin1' | 'utf8';
  /** Where the checksum begins; of a directory that of its dirtree, which that of its dirmeta follows. */
  checksumAt: number;
}

/**
 * Parses a `.dirtree`, the GVariant `(a(say)a(sayay))` in normal form, straight into its entries: trees are the
 * bulk of what the engine reads. Beyond libostree's `ostree_validate_structureof_dirtree` it refuses empty,
 * over-long, unsorted and double names, of which clients would check out one or the other.
 * @throws AppError `ostree/object-corrupt`
 */
export function parseDirtree(bytes: Uint8Array): Dirtree {
  const buffer = bufferOf(bytes);
  const files: DirtreeFile[] = [];
  const dirs: DirtreeDir[] = [];
  const nameOf = (entry: RawEntry) => buffer.toString(entry.encoding, entry.nameStart, entry.nameEnd);
  eachDirtreeEntry(
    bytes,
    (entry) => {
      files.push({ name: nameOf(entry), checksum: readChecksum(buffer, entry.checksumAt) });
    },
    (entry) => {
      const dirtree = readChecksum(buffer, entry.checksumAt);
      dirs.push({
        name: nameOf(entry),
        dirtree,
        dirmeta: readChecksum(buffer, entry.checksumAt + CHECKSUM_BYTES),
      });
    },
  );
  return { files, dirs };
}

/**
 * As parseDirtree, but hands out where the entries stand in `bytes`: what a walk over a whole repository needs of most
 * of them is 32 bytes. The entry that the callbacks get is used again for the next.
 * @throws AppError `ostree/object-corrupt`, perhaps after some callbacks
 */
export function eachDirtreeEntry(
  bytes: Uint8Array,
  onFile: (entry: RawEntry) => void,
  onDir: (entry: RawEntry) => void,
): void {
  const buffer = bufferOf(bytes);
  const size = buffer.length;
  const width = offsetWidth(size);
  if (size < 1) throw corrupt('dirtree: it is empty');
  const dataEnd = size - width;
  const filesEnd = readOffset(buffer, dataEnd, width);
  if (filesEnd > dataEnd || minimalWidth(dataEnd, 1) !== width) throw brokenOffsets();
  const files = openArray(buffer, 0, filesEnd, 1);
  const dirs = openArray(buffer, filesEnd, dataEnd, 2);
  // Both arrays are sorted, so one walk over both, in order of the names, finds a name that stands in each.
  let hasFile = readNext(buffer, files);
  let hasDir = readNext(buffer, dirs);
  while (hasFile || hasDir) {
    const order = !hasFile ? 1 : !hasDir ? -1 : compareNames(buffer, files.entry, dirs.entry);
    if (order === 0) throw corrupt('dirtree: a name is both a file and a directory');
    if (order < 0) {
      onFile(files.entry);
      hasFile = readNext(buffer, files);
    } else {
      onDir(dirs.entry);
      hasDir = readNext(buffer, dirs);
    }
  }
}

/** How far one of the two arrays has been read. Its elements are a name and one or two checksums. */
interface ArrayCursor {
  readonly start: number;
  readonly bodyEnd: number;
  readonly count: number;
  readonly width: 1 | 2 | 4;
  readonly checksums: 1 | 2;
  index: number;
  at: number;
  readonly entry: RawEntry;
}

function openArray(buffer: Buffer, start: number, end: number, checksums: 1 | 2): ArrayCursor {
  const entry: RawEntry = { nameStart: -1, nameEnd: -1, encoding: 'latin1', checksumAt: -1 };
  const size = end - start;
  const width = offsetWidth(size);
  if (size === 0) return { start, bodyEnd: start, count: 0, width, checksums, index: 0, at: start, entry };
  const bodySize = readOffset(buffer, end - width, width);
  const count = (size - bodySize) / width;
  if (bodySize >= size || !Number.isInteger(count) || minimalWidth(bodySize, count) !== width)
    throw brokenOffsets();
  return { start, bodyEnd: start + bodySize, count, width, checksums, index: 0, at: start, entry };
}

/** Reads and checks the next element into the cursor's entry. @returns false behind the last */
function readNext(buffer: Buffer, cursor: ArrayCursor): boolean {
  const { start, bodyEnd, count, width, checksums, index, at, entry } = cursor;
  if (index === count) return false;
  const next = start + readOffset(buffer, bodyEnd + index * width, width);
  if (next <= at || next > bodyEnd) throw brokenOffsets();
  const nameEnd = endOfName(buffer, at, next, checksums);
  const encoding = fileNameEncoding(buffer, at, nameEnd);
  if (encoding === null) throw corrupt('dirtree: the name of an entry is not allowed');
  if (index > 0 && compareRanges(buffer, entry.nameStart, entry.nameEnd, at, nameEnd) >= 0) {
    throw corrupt('dirtree: names are not sorted and unique');
  }
  entry.nameStart = at;
  entry.nameEnd = nameEnd;
  entry.encoding = encoding;
  entry.checksumAt = nameEnd + 1;
  cursor.index = index + 1;
  cursor.at = next;
  return true;
}

/** Checks the framing of one element and says where the zero byte behind its name is. */
function endOfName(buffer: Buffer, start: number, end: number, checksums: 1 | 2): number {
  const width = offsetWidth(end - start);
  const bodyEnd = end - checksums * width;
  const expected = bodyEnd - checksums * CHECKSUM_BYTES;
  if (expected <= start || minimalWidth(bodyEnd - start, checksums) !== width) throw brokenOffsets();
  // Offsets stand in reverse: the last is the end of the name.
  if (start + readOffset(buffer, end - width, width) !== expected) throw wrongChecksumLength();
  if (checksums === 2 && start + readOffset(buffer, end - 2 * width, width) !== expected + CHECKSUM_BYTES) {
    throw wrongChecksumLength();
  }
  if (buffer[expected - 1] !== 0) throw corrupt('dirtree: a name does not end with a zero byte');
  return expected - 1;
}

function readOffset(buffer: Buffer, at: number, width: number): number {
  let value = 0;
  for (let i = width - 1; i >= 0; i--) value = value * 256 + (buffer[at + i] as number);
  return value;
}

function offsetWidth(size: number): 1 | 2 | 4 {
  if (size <= 0xff) return 1;
  return size <= 0xffff ? 2 : 4;
}

function minimalWidth(bodySize: number, count: number): 1 | 2 | 4 {
  if (bodySize + count <= 0xff) return 1;
  return bodySize + 2 * count <= 0xffff ? 2 : 4;
}

function compareNames(buffer: Buffer, a: RawEntry, b: RawEntry): number {
  return compareRanges(buffer, a.nameStart, a.nameEnd, b.nameStart, b.nameEnd);
}

function compareRanges(buffer: Buffer, aStart: number, aEnd: number, bStart: number, bEnd: number): number {
  const length = Math.min(aEnd - aStart, bEnd - bStart);
  for (let i = 0; i < length; i++) {
    const difference = (buffer[aStart + i] as number) - (buffer[bStart + i] as number);
    if (difference !== 0) return difference;
  }
  return aEnd - aStart - (bEnd - bStart);
}

function brokenOffsets(): Error {
  return corrupt('dirtree: its framing offsets are out of bounds, out of order or wider than need be');
}

function wrongChecksumLength(): Error {
  return corrupt('dirtree: a checksum does not have 32 bytes');
}

interface Entry {
  readonly name: string;
  readonly checksums: readonly Checksum[];
}

/**
 * Serialises a directory's entries, sorted by the bytes of their names.
 * @throws AppError `ostree/object-corrupt` for names that no dirtree may hold, or that stand twice
 */
export function serializeDirtree(tree: Dirtree): Uint8Array {
  const files = tree.files.map(({ name, checksum }): Entry => ({ name, checksums: [checksum] }));
  const dirs = tree.dirs.map(
    ({ name, dirtree, dirmeta }): Entry => ({ name, checksums: [dirtree, dirmeta] }),
  );
  assertNames([...files, ...dirs]);
  const filesBytes = serializeEntries(files);
  const dirsBytes = serializeEntries(dirs);
  const bodySize = filesBytes.length + dirsBytes.length;
  const width = minimalWidth(bodySize, 1);
  const bytes = Buffer.alloc(bodySize + width);
  bytes.set(filesBytes, 0);
  bytes.set(dirsBytes, filesBytes.length);
  bytes.writeUIntLE(filesBytes.length, bodySize, width);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

function assertNames(entries: readonly Entry[]): void {
  const seen = new Set<string>();
  for (const { name } of entries) {
    const problem = fileNameProblem(name) ?? (seen.has(name) ? 'stands twice' : null);
    if (problem !== null) throw corrupt(`dirtree: the name of an entry ${problem}`);
    seen.add(name);
  }
}

function serializeEntries(unsorted: readonly Entry[]): Uint8Array {
  if (unsorted.length === 0) return new Uint8Array(0);
  const entries = [...unsorted].sort((a, b) => compareUtf8(a.name, b.name));
  const sizes = entries.map(({ name, checksums }) => {
    const body = Buffer.byteLength(name) + 1 + checksums.length * CHECKSUM_BYTES;
    return { body, width: minimalWidth(body, checksums.length) };
  });
  const bodySize = sizes.reduce(
    (sum, { body, width }, i) => sum + body + width * (entries[i] as Entry).checksums.length,
    0,
  );
  const tableWidth = minimalWidth(bodySize, entries.length);
  const bytes = Buffer.alloc(bodySize + entries.length * tableWidth);
  let at = 0;
  entries.forEach(({ name, checksums }, i) => {
    const { body, width } = sizes[i] as { body: number; width: number };
    const start = at;
    at += bytes.write(name, at, 'utf8') + 1;
    const nameSize = at - start;
    for (const checksum of checksums) at += bytes.write(checksum, at, 'hex');
    if (checksums.length === 2) at = bytes.writeUIntLE(body - CHECKSUM_BYTES, at, width);
    at = bytes.writeUIntLE(nameSize, at, width);
    bytes.writeUIntLE(at, bodySize + i * tableWidth, tableWidth);
  });
  return bytes;
}
