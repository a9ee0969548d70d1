const FIRST_BLOCK_BYTES = 4096;
const BLOCK_BYTES_MAX = 1024 * 1024;

/**
 * Bytes that come in pieces. It grows by what has come: neither a declared size nor a body in pieces of one byte makes it
 * larger than its content by more than a megabyte.
 */
export class GrowingBuffer {
  #blocks: Buffer[] = [];
  /** How much of the last block is filled; the others are full. */
  #filled = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(piece: Uint8Array): void {
    for (let at = 0; at < piece.length; ) {
      const block = this.#blockWithRoom(piece.length - at);
      const part = piece.subarray(at, at + block.length - this.#filled);
      block.set(part, this.#filled);
      this.#filled += part.length;
      this.#length += part.length;
      at += part.length;
    }
  }

  /** All that has come, in one piece; not to be used any more after the next append. */
  view(): Buffer {
    if (this.#blocks.length > 1) {
      this.#blocks = [Buffer.concat(this.#blocks, this.#length)];
      this.#filled = this.#length;
    }
    return this.#blocks[0]?.subarray(0, this.#length) ?? Buffer.alloc(0);
  }

  clear(): void {
    this.#blocks = [];
    this.#filled = 0;
    this.#length = 0;
  }

  #blockWithRoom(wantedBytes: number): Buffer {
    const last = this.#blocks.at(-1);
    if (last !== undefined && this.#filled < last.length) return last;
    const doubled = Math.max(FIRST_BLOCK_BYTES, wantedBytes, 2 * (last?.length ?? 0));
    const block = Buffer.allocUnsafe(Math.min(BLOCK_BYTES_MAX, doubled));
    this.#blocks.push(block);
    this.#filled = 0;
    return block;
  }
}
