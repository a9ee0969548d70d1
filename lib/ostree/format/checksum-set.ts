import { CHECKSUM_BYTES, type Checksum } from './checksum';

/** Checksums in one piece of memory: 1 MiB, so that growing never copies what is there, but for the first MiB. */
const ROWS_PER_CHUNK = 32 * 1024;
/** Most sets are small: the first piece begins with these, and doubles. */
const FIRST_ROWS = 64;
const SHARDS = 256;
const FIRST_SLOTS = 8;
/**
 * An index that is fuller than this is made anew: a quarter larger, at 4 bytes a slot, so 5 to 6.25 bytes a checksum. Where the
 * whole set takes little anyway, twice as large, since making it anew is what filling a set costs most.
 */
const LOAD_MAX = 0.8;
const GROWTH = 1.25;
const FEW_SLOTS = 1024;
const WORDS = CHECKSUM_BYTES / 4;

/**
 * A set of checksums that keeps the order in which they came and takes 37 to 39 bytes for each, whatever their number: a
 * set of strings takes some 150. They are grouped by their first byte, as the directories of `objects/` are.
 */
export class ChecksumSet {
  readonly #chunks: Uint32Array[] = [];
  /** Of each first byte, an open-addressed table of row numbers plus one; 0 is an empty slot. */
  readonly #shards: (Uint32Array | undefined)[] = new Array(SHARDS);
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
    for (let row = 0; row < this.#size; row++) yield this.#read(row);
  }

  /** How many have `first` as their first byte. */
  countBelow(first: number): number {
    return this.#counts[first] as number;
  }

  /** Those whose first byte is `first`, in order of their bytes. */
  listBelow(first: number): Checksum[] {
    const slots = this.#shards[first];
    if (slots === undefined) return [];
    const found: Checksum[] = [];
    for (const slot of slots) if (slot !== 0) found.push(this.#read(slot - 1));
    return found.sort();
  }

  #read(row: number): Checksum {
    const chunk = this.#chunks[Math.floor(row / ROWS_PER_CHUNK)] as Uint32Array;
    const at = (row % ROWS_PER_CHUNK) * CHECKSUM_BYTES;
    return Buffer.from(chunk.buffer).toString('hex', at, at + CHECKSUM_BYTES) as Checksum;
  }

  #addKey(): boolean {
    const shard = keyBytes[0] as number;
    let slots = this.#shards[shard];
    const count = this.#counts[shard] as number;
    if (slots === undefined || count >= slots.length * LOAD_MAX) {
      slots = this.#grow(slots);
      this.#shards[shard] = slots;
    }
    const slot = this.#find(slots);
    if (slots[slot] !== 0) return false;
    slots[slot] = this.#append() + 1;
    this.#counts[shard] = count + 1;
    return true;
  }

  #hasKey(): boolean {
    const slots = this.#shards[keyBytes[0] as number];
    return slots !== undefined && slots[this.#find(slots)] !== 0;
  }

  /** The slot that holds the key, or the empty one where it belongs. */
  #find(slots: Uint32Array): number {
    for (let slot = startSlot(key, 0, slots.length); ; slot = slot + 1 === slots.length ? 0 : slot + 1) {
      const row = slots[slot] as number;
      if (row === 0 || this.#isKeyAt(row - 1)) return slot;
    }
  }

  #isKeyAt(row: number): boolean {
    const chunk = this.#chunks[Math.floor(row / ROWS_PER_CHUNK)] as Uint32Array;
    const at = (row % ROWS_PER_CHUNK) * WORDS;
    for (let word = 0; word < WORDS; word++) if (chunk[at + word] !== key[word]) return false;
    return true;
  }

  #append(): number {
    const row = this.#size++;
    const at = (row % ROWS_PER_CHUNK) * WORDS;
    const index = Math.floor(row / ROWS_PER_CHUNK);
    let chunk = this.#chunks[index];
    if (chunk === undefined || at === chunk.length) {
      chunk = largerChunk(chunk, index === 0 ? FIRST_ROWS : ROWS_PER_CHUNK);
      this.#chunks[index] = chunk;
    }
    chunk.set(key, at);
    return row;
  }

  #grow(old: Uint32Array | undefined): Uint32Array {
    const slots = new Uint32Array(old === undefined ? FIRST_SLOTS : grownSize(old.length));
    for (const row of old ?? []) {
      if (row === 0) continue;
      const chunk = this.#chunks[Math.floor((row - 1) / ROWS_PER_CHUNK)] as Uint32Array;
      let slot = startSlot(chunk, ((row - 1) % ROWS_PER_CHUNK) * WORDS, slots.length);
      while (slots[slot] !== 0) slot = slot + 1 === slots.length ? 0 : slot + 1;
      slots[slot] = row;
    }
    return slots;
  }
}

function grownSize(slots: number): number {
  return slots < FEW_SLOTS ? slots * 2 : Math.ceil(slots * GROWTH);
}

function largerChunk(old: Uint32Array | undefined, firstRows: number): Uint32Array {
  if (old === undefined) return new Uint32Array(firstRows * WORDS);
  const chunk = new Uint32Array(old.length * 2);
  chunk.set(old);
  return chunk;
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

function startSlot(words: Uint32Array, at: number, slotCount: number): number {
  let sum = 0;
  for (let word = 0; word < WORDS; word++) {
    sum = Math.imul(sum ^ (words[at + word] as number), multipliers[word] as number);
    sum ^= sum >>> 15;
  }
  return Math.floor(((sum >>> 0) / 2 ** 32) * slotCount);
}
