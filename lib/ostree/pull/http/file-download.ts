import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { AppError, isAppError } from '../../../errors';
import type { Checksum } from '../../format/checksum';
import { limits } from '../../format/limits';
import type { FetchStaging } from './fetch-staging';
import { FilezVerifier } from './filez-verifier';
import { GrowingBuffer } from './growing-buffer';
import type { Receiver } from './http-client';
import { TransientFailure } from './retry-policy';
import type { AnswerHead } from './send-request';

/** Up to this size an object is held in memory until it is whole and checked; a larger one goes to a file at once. */
const MEMORY_BYTES_MAX = 256 * 1024;
const READ_BYTES = 64 * 1024;
const READS_BETWEEN_PAUSES = 512;

export interface FileDownloadOptions {
  contentBytesMax: number;
  /** Asks caches on the way not to answer by themselves. */
  isFresh: boolean;
}

/**
 * A content object on its way: every piece is checked before it is written. Small ones touch no file before they are
 * whole. Of a large one so much is kept as came before it broke off.
 */
export class FileDownload implements Receiver {
  contentType: string | null = null;
  readonly #staging: FetchStaging;
  readonly #checksum: Checksum;
  readonly #options: FileDownloadOptions;
  readonly #memory = new GrowingBuffer();
  #verifier: FilezVerifier;
  /** Open once the object has outgrown memory. */
  #fd: number | null = null;
  #sizeBytes = 0;
  /** Strong tag or date of what the part is of; null where there is none, and then the checksum alone tells. */
  #validator: string | null = null;

  constructor(staging: FetchStaging, checksum: Checksum, options: FileDownloadOptions) {
    this.#staging = staging;
    this.#checksum = checksum;
    this.#options = options;
    this.#verifier = new FilezVerifier(checksum, options.contentBytesMax);
  }

  /**
   * Goes on with what a killed process left of the object, if it did.
   * @returns whether nothing is missing
   */
  async takeUpPart(): Promise<boolean> {
    if (!this.#staging.hasPart(this.#checksum)) return false;
    const { fs } = this.#staging.repo;
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    this.#fd = this.#staging.openPart(this.#checksum);
    try {
      for (let reads = 1; ; reads++) {
        const got = fs.read(this.#fd, buffer, 0, READ_BYTES, null);
        if (got === 0) return this.#verifier.isWhole();
        this.#verifier.push(buffer.subarray(0, got));
        this.#sizeBytes += got;
        if (reads % READS_BETWEEN_PAUSES === 0) await yieldToEventLoop();
      }
    } catch (error) {
      if (!isAppError(error)) throw error;
      // Torn by a power cut.
      this.#restart();
      return false;
    }
  }

  headers(): Record<string, string> {
    const fresh: Record<string, string> = this.#options.isFresh ? { 'Cache-Control': 'no-cache' } : {};
    if (this.#fd === null || this.#sizeBytes === 0) return fresh;
    const range = { ...fresh, Range: `bytes=${this.#sizeBytes}-` };
    return this.#validator === null ? range : { ...range, 'If-Range': this.#validator };
  }

  begin({ status, headers }: AnswerHead): void {
    this.contentType = headers['content-type'] ?? null;
    if (status === 206) {
      if (startOfRange(headers['content-range']) === this.#sizeBytes) return;
      this.refuseRange();
      throw new TransientFailure('the server sent another range than was asked for');
    }
    this.#restart();
    this.#validator = validatorOf(headers);
    if (Number(headers['content-length'] ?? 0) > this.#sizeBytesMax()) throw this.#tooLarge();
  }

  /** What came so far is of no use to the server: the next try asks for everything. */
  refuseRange(): void {
    this.#restart();
  }

  take(chunk: Buffer): undefined {
    if (this.#sizeBytes + chunk.length > this.#sizeBytesMax()) throw this.#tooLarge();
    if (this.#fd === null && this.#sizeBytes + chunk.length <= MEMORY_BYTES_MAX) {
      this.#memory.append(chunk);
    } else {
      if (this.#fd === null) this.#spill();
      this.#store(chunk);
    }
    this.#sizeBytes += chunk.length;
  }

  /**
   * Checks the whole object and lays it in the staging folder.
   * @returns its size in bytes
   * @throws AppError `ostree/object-corrupt`
   */
  finish(): number {
    const { fs } = this.#staging.repo;
    if (this.#fd === null) {
      const bytes = this.#memory.view();
      this.#verifier.push(bytes);
      this.#verifier.finish();
      this.#staging.write(this.#checksum, 'file', bytes);
      return bytes.length;
    }
    this.#verifier.finish();
    fs.fchmod(this.#fd, 0o644);
    this.#staging.finishPart(this.#checksum);
    return this.#sizeBytes;
  }

  /** Lets go of what came. */
  drop(): void {
    if (this.#fd !== null) this.#staging.dropPart(this.#checksum);
  }

  /** To be called in any case. */
  close(): void {
    this.#verifier.close();
    if (this.#fd !== null) this.#staging.repo.fs.close(this.#fd);
    this.#fd = null;
  }

  #restart(): void {
    this.drop();
    this.close();
    this.#memory.clear();
    this.#sizeBytes = 0;
    this.#verifier = new FilezVerifier(this.#checksum, this.#options.contentBytesMax);
  }

  #spill(): void {
    const bytes = this.#memory.view();
    this.#fd = this.#staging.openPart(this.#checksum);
    this.#store(bytes);
    this.#memory.clear();
  }

  #store(bytes: Uint8Array): void {
    this.#verifier.push(bytes);
    this.#staging.append(this.#fd as number, bytes);
  }

  /** Deflate makes what cannot be made smaller a little larger. */
  #sizeBytesMax(): number {
    const { contentBytesMax } = this.#options;
    return contentBytesMax + Math.ceil(contentBytesMax / 1000) + 2 * limits.fileHeaderSizeBytesMax;
  }

  #tooLarge(): AppError {
    const message = `it is larger than objects may be: ${this.#options.contentBytesMax} bytes of content`;
    return new AppError('ostree/object-too-large', message);
  }
}

function startOfRange(contentRange: string | undefined): number | null {
  const match = /^bytes (\d{1,15})-\d{1,15}\/(?:\d{1,15}|\*)$/.exec(contentRange ?? '');
  return match === null ? null : Number(match[1]);
}

/** What `If-Range` may name: a strong tag, else a date. */
function validatorOf(headers: AnswerHead['headers']): string | null {
  const etag = headers.etag;
  if (etag?.startsWith('"')) return etag;
  return headers['last-modified'] ?? null;
}
