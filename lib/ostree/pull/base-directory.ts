import { bufferOf } from '../format/buffer-of';
import { CHECKSUM_BYTES, type Checksum, readChecksum } from '../format/checksum';
import { ChecksumSet } from '../format/checksum-set';
import { eachDirtreeEntry } from '../format/dirtree';
import { keepBytes } from '../repo/open-object';
import type { Repo } from '../repo/open-repo';
import { borrowMetadataBytes, namingObject } from '../repo/read-object';

/** A directory of a tree that the target has whole, ready to be asked what is in it. */
export interface BaseDirectory {
  readonly repo: Repo;
  readonly files: ChecksumColumn;
  readonly dirtrees: ChecksumColumn;
  readonly dirmetas: ChecksumColumn;
  /** The dirtree of the subdirectory whose name is `[start, end)` of `bytes`. */
  dirtreeNamed(bytes: Buffer, start: number, end: number): Checksum | null;
}

/**
 * Reads a directory as a base. Nothing is made of its entries: most of them are the same as in what it is compared with.
 * @throws AppError `ostree/object-corrupt`; `ostree/object-too-large`
 * @returns null where there is none
 */
export function readBaseDirectory(repo: Repo, checksum: Checksum): BaseDirectory | null {
  const read = borrowMetadataBytes(repo, checksum, 'dirtree');
  if (read === null) return null;
  const bytes = bufferOf(keepBytes(read));
  const files: number[] = [];
  const dirtrees: number[] = [];
  const dirmetas: number[] = [];
  const names: number[] = [];
  namingObject(repo, checksum, 'dirtree', () =>
    eachDirtreeEntry(
      bytes,
      ({ checksumAt }) => {
        files.push(checksumAt);
      },
      ({ nameStart, checksumAt }) => {
        names.push(nameStart);
        dirtrees.push(checksumAt);
        dirmetas.push(checksumAt + CHECKSUM_BYTES);
      },
    ),
  );
  return {
    repo,
    files: new ChecksumColumn(bytes, files),
    dirtrees: new ChecksumColumn(bytes, dirtrees),
    dirmetas: new ChecksumColumn(bytes, dirmetas),
    dirtreeNamed: (name, start, end) => {
      const at = findName(bytes, { names, checksums: dirtrees }, name.subarray(start, end));
      return at === null ? null : readChecksum(bytes, at);
    },
  };
}

/** @returns where the checksum of the directory of that name is; they are sorted by the bytes of their names */
function findName(
  bytes: Buffer,
  { names, checksums }: { names: readonly number[]; checksums: readonly number[] },
  name: Buffer,
): number | null {
  let from = 0;
  let to = names.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    const at = checksums[middle] as number;
    // A zero byte stands between a name and what follows.
    const order = bytes.compare(name, 0, name.length, names[middle] as number, at - 1);
    if (order === 0) return at;
    if (order < 0) from = middle + 1;
    else to = middle;
  }
  return null;
}

/** So many times a column is searched from end to end before all of it is put into a set. */
const SEARCHES_MAX = 16;

/** Checksums as they stand in the bytes of one directory, to be asked for in about the order in which they stand there. */
export class ChecksumColumn {
  readonly #bytes: Buffer;
  readonly #ats: readonly number[];
  /** Behind the one that was asked for last: in a directory that has hardly changed it is what is asked for next. */
  #next = 0;
  #searches = 0;
  #set: ChecksumSet | null = null;

  constructor(bytes: Buffer, ats: readonly number[]) {
    this.#bytes = bytes;
    this.#ats = ats;
  }

  /** Whether it has the checksum whose 32 bytes are in `bytes` from `at` on. */
  has(bytes: Buffer, at: number): boolean {
    const next = this.#ats[this.#next];
    if (next !== undefined && isSame(this.#bytes, next, bytes, at)) {
      this.#next++;
      return true;
    }
    if (this.#set !== null) return this.#set.hasBytes(bytes, at);
    if (++this.#searches > SEARCHES_MAX) return this.#toSet().hasBytes(bytes, at);
    return this.#search(bytes, at, this.#next, this.#ats.length) || this.#search(bytes, at, 0, this.#next);
  }

  #search(bytes: Buffer, at: number, from: number, to: number): boolean {
    for (let index = from; index < to; index++) {
      if (!isSame(this.#bytes, this.#ats[index] as number, bytes, at)) continue;
      this.#next = index + 1;
      return true;
    }
    return false;
  }

  #toSet(): ChecksumSet {
    this.#set = new ChecksumSet();
    for (const at of this.#ats) this.#set.addBytes(this.#bytes, at);
    return this.#set;
  }
}

function isSame(a: Buffer, aAt: number, b: Buffer, bAt: number): boolean {
  for (let index = 0; index < CHECKSUM_BYTES; index++) {
    if (a[aAt + index] !== b[bAt + index]) return false;
  }
  return true;
}
