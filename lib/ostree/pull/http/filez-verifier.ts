import { createHash, type Hash } from 'node:crypto';
import { AppError } from '../../../errors';
import type { Checksum } from '../../format/checksum';
import {
  HEADER_PREFIX_BYTES,
  isSymlinkHeader,
  parseFilezHeader,
  parseHeaderPrefix,
  serializeFileHeader,
} from '../../format/file-header';
import { corrupt } from '../../format/format-error';
import { type InflateStream, openInflateStream } from '../../repo/inflate';
import { GrowingBuffer } from './growing-buffer';

const NOTHING = new Uint8Array(0);

/**
 * Checks an archive's content object while it comes in: header, deflate stream, stated size, nothing behind it, and
 * the checksum at the end. Holds 128 KiB whatever the object says of itself.
 */
export class FilezVerifier {
  readonly #checksum: Checksum;
  readonly #contentBytesMax: number;
  /** What has come of prefix and header; null once the header is read. */
  #head: GrowingBuffer | null = new GrowingBuffer();
  /** Length of prefix and header; null while the prefix is not whole. */
  #headBytes: number | null = null;
  #digest: Hash = createHash('sha256');
  /** null: a symlink, which has no content. */
  #inflate: InflateStream | null = null;
  #statedBytes = 0n;
  #contentBytes = 0;

  constructor(checksum: Checksum, contentBytesMax: number) {
    this.#checksum = checksum;
    this.#contentBytesMax = contentBytesMax;
  }

  /** @throws AppError `ostree/object-corrupt`, `ostree/object-too-large`, as soon as it can be told */
  push(bytes: Uint8Array): void {
    const rest = this.#head === null ? bytes : this.#readHead(this.#head, bytes);
    if (rest.length === 0) return;
    if (this.#inflate === null) throw corrupt('something follows the header of a symlink');
    for (const chunk of this.#inflate.push(rest)) {
      this.#contentBytes += chunk.length;
      if (this.#contentBytes > this.#statedBytes) throw corrupt('it holds more content than it states');
      this.#digest.update(chunk);
    }
  }

  /** @throws AppError `ostree/object-corrupt` unless all of a good object was pushed */
  finish(): void {
    if (this.#head !== null) throw corrupt('file header: the file is too short');
    this.#inflate?.assertEnded();
    if (BigInt(this.#contentBytes) !== this.#statedBytes)
      throw corrupt('it holds less content than it states');
    if (this.#digest.digest('hex') !== this.#checksum)
      throw corrupt('its content does not have its checksum');
  }

  /** Whether finish would find all of a good object, after which nothing may be pushed any more. */
  isWhole(): boolean {
    if (this.#head !== null || BigInt(this.#contentBytes) !== this.#statedBytes) return false;
    return this.#digest.copy().digest('hex') === this.#checksum;
  }

  /** To be called in any case. */
  close(): void {
    this.#inflate?.close();
    this.#inflate = null;
  }

  /** @returns what follows the header; nothing while the header is not whole */
  #readHead(head: GrowingBuffer, bytes: Uint8Array): Uint8Array {
    // What is kept of a piece is bounded by the header's limit: content that came with it is not.
    const room = (this.#headBytes ?? HEADER_PREFIX_BYTES) - head.length;
    head.append(bytes.subarray(0, room));
    const rest = bytes.subarray(room);
    if (this.#headBytes === null && head.length === HEADER_PREFIX_BYTES) {
      this.#headBytes = HEADER_PREFIX_BYTES + parseHeaderPrefix(head.view(), Number.POSITIVE_INFINITY);
      return this.#readHead(head, rest);
    }
    if (head.length !== this.#headBytes) return NOTHING;
    this.#head = null;
    this.#open(head.view().subarray(HEADER_PREFIX_BYTES));
    return rest;
  }

  #open(headerBytes: Uint8Array): void {
    const { sizeBytes, ...header } = parseFilezHeader(headerBytes);
    if (sizeBytes > BigInt(this.#contentBytesMax)) {
      throw new AppError(
        'ostree/object-too-large',
        `it states ${sizeBytes} bytes of content, and ${this.#contentBytesMax} are allowed`,
      );
    }
    this.#statedBytes = sizeBytes;
    this.#digest.update(serializeFileHeader(header));
    if (!isSymlinkHeader(header)) this.#inflate = openInflateStream();
    else if (sizeBytes !== 0n) throw corrupt('a symlink states a size');
  }
}
