import { UTF8_BYTES_MAX } from './text';

/** A growing buffer that knows GVariant's alignment. */
export class ByteWriter {
  private bytes = Buffer.alloc(256);
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

  writeZeros(count: number): void {
    this.reserve(count);
    this.length += count;
  }

  /** Writes UTF-8 and one zero byte. */
  writeText(text: string): void {
    this.reserve(text.length * UTF8_BYTES_MAX + 1);
    this.length += this.bytes.write(text, this.length, 'utf8') + 1;
  }

  /** Writes a byte for each character. */
  writeLatin1(text: string): void {
    this.reserve(text.length);
    this.length += this.bytes.write(text, this.length, 'latin1');
  }

  /** Writes the low `size` bytes of an integer that 32 bits hold, in two's complement. */
  writeInteger(value: number, size: number, isLittle: boolean): void {
    this.reserve(size);
    for (let i = 0; i < size; i++) {
      this.bytes[this.length + (isLittle ? i : size - 1 - i)] = value >>> (8 * i);
    }
    this.length += size;
  }

  /** Writes the low 64 bits of an integer, in two's complement. */
  writeBigInteger(value: bigint, isLittle: boolean): void {
    this.reserve(8);
    this.view.setBigUint64(this.length, value, isLittle);
    this.length += 8;
  }

  writeDouble(value: number, isLittle: boolean): void {
    this.reserve(8);
    this.view.setFloat64(this.length, value, isLittle);
    this.length += 8;
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return new Uint8Array(this.bytes.subarray(0, this.length));
  }

  /** The bytes beyond `length` are always zero, so padding needs no writing. */
  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = Buffer.alloc(Math.max(this.length + count, this.bytes.length * 2));
    grown.set(this.bytes);
    this.bytes = grown;
    this.view = new DataView(grown.buffer, grown.byteOffset, grown.length);
  }
}
