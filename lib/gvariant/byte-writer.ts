/** A growing buffer that knows GVariant's alignment. */
export class ByteWriter {
  private bytes = new Uint8Array(256);
  private view = new DataView(this.bytes.buffer);
  length = 0;

  /** Pads with zero bytes up to a multiple of `alignment`. */
  align(alignment: number): void {
    const to = (this.length + alignment - 1) & -alignment;
    this.reserve(to - this.length);
    this.length = to;
  }

  writeBytes(source: Uint8Array): void {
    this.reserve(source.length);
    this.bytes.set(source, this.length);
    this.length += source.length;
  }

  /** Writes UTF-8 and one zero byte. */
  writeText(text: string): void {
    const size = Buffer.byteLength(text, 'utf8');
    this.reserve(size + 1);
    Buffer.from(this.bytes.buffer).write(text, this.length, 'utf8');
    this.length += size + 1;
  }

  /** Hands `size` bytes at the end to `write`, which gets the view and the offset. */
  writeFixed(size: number, write: (view: DataView, at: number) => void): void {
    this.reserve(size);
    write(this.view, this.length);
    this.length += size;
  }

  /** Writes an unsigned little-endian integer of `size` bytes. */
  writeOffset(value: number, size: number): void {
    this.reserve(size);
    let rest = value;
    for (let i = 0; i < size; i++) {
      this.bytes[this.length + i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    this.length += size;
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  /** The bytes beyond `length` are always zero, so padding needs no writing. */
  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.length + count, this.bytes.length * 2));
    grown.set(this.bytes);
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}
