import { CHECKSUM_BYTES, type Checksum } from './checksum';
import { giveBack } from './give-back';

const WORDS = CHECKSUM_BYTES / 4;
const SHARDS = 256;
const PAGE_SLOTS = 64;
/**
 * An index that is fuller than this is made anew: a quarter larger, at 4 bytes a slot, so 5 to 6.25 bytes a checksum. Where the
 * whole set takes little anyway, twice as large, since making it anew is what filling a set costs most.
 */
const LOAD_MAX = 0.8;
const GROWTH = 1.25;
const FEW_PAGES = 16;

/** 1 MiB, so that growing never copies what is there, but for the first MiB. */
const CHUNK_WORDS = 256 * 1024;
/** Most sets are small: the first piece begins with these, and doubles. */
const FIRST_WORDS = 512;

/** Words in a few large pieces of memory. */
class Words {
  readonly #chunks: Uint32Array[] = [];
  #length = 0;

  /** Adds `count` words of zero, a divisor of CHUNK_WORDS and always the same. @returns where they begin */
  extend(count: number): number {
    const at = this.#length % CHUNK_WORDS;
    const index = (this.#length - at) / CHUNK_WORDS;
    const chunk = this.#chunks[index];
    if (chunk === undefined || at === chunk.length) {
      const larger = new Uint32Array(chunk ? chunk.length * 2 : index === 0 ? FIRST_WORDS : CHUNK_WORDS);
      if (chunk !== undefined) larger.set(chunk);
      this.#chunks[index] = larger;
    }
    this.#length += count;
    return this.#length - count;
  }

  get(at: number): number {
    return (this.#chunks[Math.floor(at / CHUNK_WORDS)] as Uint32Array)[at % CHUNK_WORDS] as number;
  }

  set(at: number, value: number): void {
    (this.#chunks[Math.floor(at / CHUNK_WORDS)] as Uint32Array)[at % CHUNK_WORDS] = value;
  }

  /** Gives back the memory of whole pieces below `end`. */
  free(end = this.#length): void {
    for (let index = 0; index < this.#chunks.length; index++) {
      const chunk = this.#chunks[index] as Uint32Array;
      if (chunk.length === 0) continue;
      if (Math.min((index + 1) * CHUNK_WORDS, this.#length) > end) return;
      giveBack(chunk);
    }
  }
}

const NO_PAGES = new Uint32Array(0);

/**
 * A set of checksums that keeps the order in which they came and takes 37 to 39 bytes for each, whatever their number: a
 * set of strings takes some 150. They are grouped by their first byte, as the directories of `objects/` are.
 */
export class ChecksumSet {
  /** The checksums, in the order in which they came. */
  #rows = new Words();
  /**
   * Of each first byte, the pages of an open-addressed table of row numbers plus one; 0 is an empty slot. It grows by
   * further pages: tables that are made anew leave the old ones behind, which come to half of what the set takes.
   */
  readonly #tables: Uint32Array[] = new Array(SHARDS).fill(NO_PAGES);
  #slots = new Words();
  readonly #counts = new Uint32Array(SHARDS);
  #size = 0;

  /** How many checksums it holds. */
  get size(): number {
    return this.#size;
  }

  /** Adds a checksum. @returns whether it was not there before */
  add(checksum: Checksum): boolean {
    loadHex(checksum);
    return this.#addKey();
  }

  has(checksum: Checksum): boolean {
    loadHex(checksum);
    return this.#hasKey();
  }

  /** As add, with the checksum's 32 bytes in `bytes` from `at` on. */
  addBytes(bytes: Uint8Array, at: number): boolean {
    loadBytes(bytes, at);
    return this.#addKey();
  }

  /** As has, with the checksum's 32 bytes in `bytes` from `at` on. */
  hasBytes(bytes: Uint8Array, at: number): boolean {
    loadBytes(bytes, at);
    return this.#hasKey();
  }

  /** In the order in which they were added. */
  *[Symbol.iterator](): Generator<Checksum, void, undefined> {
    const words = new Uint32Array(WORDS);
    const bytes = Buffer.from(words.buffer);
    for (let row = 0; row < this.#size; row++) {
      this.#copyRow(row, words, 0);
      yield bytes.toString('hex') as Checksum;
    }
  }

  /** How many have `first` as their first byte. */
  countBelow(first: number): number {
    return this.#counts[first] as number;
  }

  /**
   * All of them by their first byte and then in the order in which they were added, `count` in a piece but for the last:
   * their digits in a row.
   */
  *inPieces(count: number): Generator<string, void, undefined> {
    const piece = new Uint32Array(count * WORDS);
    const bytes = Buffer.from(piece.buffer);
    let used = 0;
    for (let first = 0; first < SHARDS; first++) {
      for (const row of this.#rowsBelow(first).slice().sort()) {
        this.#copyRow(row, piece, used);
        used += WORDS;
        if (used < piece.length) continue;
        yield bytes.toString('hex');
        used = 0;
      }
    }
    if (used > 0) yield bytes.toString('hex', 0, used * Uint32Array.BYTES_PER_ELEMENT);
  }

  /**
   * As inPieces, in any order below a first byte, and for the last time: the set is empty from the first piece on, and its memory
   * is given back as the pieces are taken.
   */
  *drainInPieces(count: number): Generator<string, void, undefined> {
    const rows = this.#rows;
    const size = this.#size;
    this.#slots.free();
    sortByFirstByte(rows, this.#counts);
    this.#rows = new Words();
    this.clear();
    const piece = new Uint32Array(Math.min(count, size) * WORDS);
    const bytes = Buffer.from(piece.buffer);
    for (let row = 0; row < size; row += count) {
      const words = Math.min(count, size - row) * WORDS;
      for (let word = 0; word < words; word++) piece[word] = rows.get(row * WORDS + word);
      rows.free(row * WORDS + words);
      yield bytes.toString('hex', 0, words * Uint32Array.BYTES_PER_ELEMENT);
    }
  }

  /** Empties it, and gives its memory back at once. */
  clear(): void {
    this.#rows.free();
    this.#slots.free();
    this.#rows = new Words();
    this.#slots = new Words();
    this.#tables.fill(NO_PAGES);
    this.#counts.fill(0);
    this.#size = 0;
  }

  #copyRow(row: number, to: Uint32Array, at: number): void {
    for (let word = 0; word < WORDS; word++) to[at + word] = this.#rows.get(row * WORDS + word);
  }

  /** Good until they are asked for again. */
  #rowsBelow(first: number): Uint32Array {
    const room = roomFor(this.countBelow(first));
    let count = 0;
    for (const page of this.#tables[first] as Uint32Array) {
      for (let slot = 0; slot < PAGE_SLOTS; slot++) {
        const row = this.#slots.get(page + slot);
        if (row !== 0) room[count++] = row - 1;
      }
    }
    return room.subarray(0, count);
  }

  #addKey(): boolean {
    const shard = keyBytes[0] as number;
    const count = this.#counts[shard] as number;
    if (count >= (this.#tables[shard] as Uint32Array).length * PAGE_SLOTS * LOAD_MAX) this.#grow(shard);
    const slot = this.#find(this.#tables[shard] as Uint32Array);
    if (this.#slots.get(slot) !== 0) return false;
    this.#slots.set(slot, this.#append() + 1);
    this.#counts[shard] = count + 1;
    return true;
  }

  #hasKey(): boolean {
    const table = this.#tables[keyBytes[0] as number] as Uint32Array;
    return table.length > 0 && this.#slots.get(this.#find(table)) !== 0;
  }

  /** Where the slot is that holds the key, or the empty one where it belongs. */
  #find(table: Uint32Array): number {
    const slotCount = table.length * PAGE_SLOTS;
    for (let slot = startSlot(key, slotCount); ; slot = slot + 1 === slotCount ? 0 : slot + 1) {
      const at = (table[Math.floor(slot / PAGE_SLOTS)] as number) + (slot % PAGE_SLOTS);
      const row = this.#slots.get(at);
      if (row === 0 || this.#isKeyAt(row - 1)) return at;
    }
  }

  #isKeyAt(row: number): boolean {
    for (let word = 0; word < WORDS; word++) {
      if (this.#rows.get(row * WORDS + word) !== key[word]) return false;
    }
    return true;
  }

  #append(): number {
    const at = this.#rows.extend(WORDS);
    for (let word = 0; word < WORDS; word++) this.#rows.set(at + word, key[word] as number);
    return this.#size++;
  }

  #grow(shard: number): void {
    const old = this.#tables[shard] as Uint32Array;
    const rows = this.#rowsBelow(shard);
    for (const page of old) {
      for (let slot = 0; slot < PAGE_SLOTS; slot++) this.#slots.set(page + slot, 0);
    }
    const table = new Uint32Array(grownSize(old.length));
    table.set(old);
    for (let page = old.length; page < table.length; page++) table[page] = this.#slots.extend(PAGE_SLOTS);
    this.#tables[shard] = table;
    const wanted = key.slice();
    for (const row of rows) {
      this.#copyRow(row, key, 0);
      this.#slots.set(this.#find(table), row + 1);
    }
    key.set(wanted);
  }
}

/**
 * Sorts rows by their first byte where they are, each of them moved once (McIlroy, Bostic and McIlroy, Engineering Radix Sort, 1993).
 * @param counts how many rows there are of each first byte
 */
function sortByFirstByte(rows: Words, counts: Uint32Array): void {
  const next = new Uint32Array(SHARDS);
  const ends = new Uint32Array(SHARDS);
  let end = 0;
  for (let first = 0; first < SHARDS; first++) {
    next[first] = end;
    end += counts[first] as number;
    ends[first] = end;
  }
  for (let first = 0; first < SHARDS; first++) {
    for (let row = next[first] as number; row < (ends[first] as number); row++) {
      for (let own = firstByte(rows, row); own !== first; own = firstByte(rows, row)) {
        swapRows(rows, row, next[own] as number);
        next[own] = (next[own] as number) + 1;
      }
    }
  }
}

function firstByte(rows: Words, row: number): number {
  firstWord[0] = rows.get(row * WORDS);
  return firstWordBytes[0] as number;
}

const firstWord = new Uint32Array(1);
const firstWordBytes = new Uint8Array(firstWord.buffer);

function swapRows(rows: Words, a: number, b: number): void {
  for (let word = 0; word < WORDS; word++) {
    const kept = rows.get(a * WORDS + word);
    rows.set(a * WORDS + word, rows.get(b * WORDS + word));
    rows.set(b * WORDS + word, kept);
  }
}

let room = new Uint32Array(0);

/** Room for so many numbers of rows, for one use after the other: taken anew each time, it comes to megabytes that nobody collects. */
function roomFor(count: number): Uint32Array {
  if (room.length < count) room = new Uint32Array(Math.max(count, 2 * room.length));
  return room;
}

function grownSize(pages: number): number {
  return pages < FEW_PAGES ? Math.max(1, pages * 2) : Math.ceil(pages * GROWTH);
}

/** The checksum that is being looked for, as bytes and as words. */
const keyBytes = new Uint8Array(CHECKSUM_BYTES);
const key = new Uint32Array(keyBytes.buffer);
const keyText = Buffer.from(keyBytes.buffer);

function loadHex(checksum: Checksum): void {
  keyText.write(checksum, 0, 'hex');
}

function loadBytes(bytes: Uint8Array, at: number): void {
  for (let i = 0; i < CHECKSUM_BYTES; i++) keyBytes[i] = bytes[at + i] as number;
}

/**
 * Whoever writes a dirtree chooses the checksums in it, also ones of which no object exists. Odd multipliers that he cannot
 * know keep him from choosing ones that all want the same slot.
 */
const multipliers = crypto.getRandomValues(new Uint32Array(WORDS)).map((value) => value | 1);

function startSlot(words: Uint32Array, slotCount: number): number {
  let sum = 0;
  for (let word = 0; word < WORDS; word++) {
    sum = Math.imul(sum ^ (words[word] as number), multipliers[word] as number);
    sum ^= sum >>> 15;
  }
  return Math.floor(((sum >>> 0) / 2 ** 32) * slotCount);
}
