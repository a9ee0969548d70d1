import { AppError } from '../../../errors';
import { GrowingBuffer } from './growing-buffer';
import type { HttpClient, Receiver } from './http-client';
import { fileUrl } from './remote-url';
import type { AnswerHead } from './send-request';
import type { Turnstile } from './turnstile';
import { untilGood } from './until-good';

/** From this size on, documents are taken in one after the other, so that memory holds one large one at a time. */
const LARGE_BYTES = 1024 * 1024;

/** A document in memory, with what its server called it. */
export interface Document {
  readonly bytes: Buffer;
  readonly contentType: string | null;
}

/** Collects a body; nothing is set aside for what a server declares. */
class Collector implements Receiver {
  readonly #url: string;
  readonly #sizeBytesMax: number;
  readonly #headers: Record<string, string>;
  readonly #turnstile: Turnstile;
  readonly #body = new GrowingBuffer();
  #entry: ReturnType<Turnstile['enter']> | null = null;
  #isInside = false;
  contentType: string | null = null;

  constructor(url: string, turnstile: Turnstile, options: CollectorOptions) {
    this.#url = url;
    this.#turnstile = turnstile;
    this.#sizeBytesMax = options.sizeBytesMax;
    this.#headers = options.isFresh ? { 'Cache-Control': 'no-cache' } : {};
  }

  headers(): Record<string, string> {
    return this.#headers;
  }

  begin({ headers }: AnswerHead): void {
    this.#body.clear();
    this.contentType = headers['content-type'] ?? null;
    if (Number(headers['content-length'] ?? 0) > this.#sizeBytesMax) throw this.#tooLarge();
  }

  take(chunk: Buffer): Promise<void> | undefined {
    if (this.#body.length + chunk.length > this.#sizeBytesMax) throw this.#tooLarge();
    this.#body.append(chunk);
    return this.#body.length > LARGE_BYTES && !this.#isInside ? this.#enter() : undefined;
  }

  bytes(): Buffer {
    return this.#body.view();
  }

  close(): void {
    void this.#entry?.then((leave) => leave());
    this.#body.clear();
  }

  async #enter(): Promise<void> {
    // A later try waits for the place in the row that an earlier one took.
    this.#entry ??= this.#turnstile.enter();
    await this.#entry;
    this.#isInside = true;
  }

  #tooLarge(): AppError {
    const message = `${this.#url} is larger than ${this.#sizeBytesMax} bytes`;
    return new AppError('ostree/object-too-large', message, { details: { url: this.#url } });
  }
}

interface CollectorOptions {
  sizeBytesMax: number;
  /** Asks caches on the way not to answer by themselves. */
  isFresh: boolean;
}

/**
 * Fetches a file into memory and hands it to `use`; a second large one comes only when `use` is through with the first.
 * What `use` refuses is fetched once more, past the caches on the way.
 *
 * @param sizeBytesMax limit of the body, whatever is declared
 * @param options.isFresh asks caches at once not to answer by themselves
 * @returns what `use` returns, or null where the server has no such file
 * @throws AppError `ostree/object-too-large`, `ostree/fetch-failed`, `ostree/aborted`; what `use` throws
 */
export function fetchDocument<T>(
  client: HttpClient,
  path: string,
  sizeBytesMax: number,
  use: (document: Document) => T,
  options: { isFresh?: boolean } = {},
): Promise<T | null> {
  return untilGood(async (isAgain) => {
    const url = fileUrl(client.base, path).href;
    const isFresh = isAgain || options.isFresh === true;
    const collector = new Collector(url, client.largeBodies, { sizeBytesMax, isFresh });
    try {
      const fetched = await client.fetch(path, collector);
      if (fetched === 'absent') return null;
      return use({ bytes: collector.bytes(), contentType: collector.contentType });
    } finally {
      collector.close();
    }
  });
}
