import { type ClientRequest, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, isAppError } from '../../../errors';
import { quoteName } from '../../format/ref-name';
import { fileUrl } from './remote-url';
import {
  isAbsentStatus,
  isTransientStatus,
  parseRetryAfter,
  retryDelayMilliseconds,
  TransientFailure,
} from './retry-policy';
import { type AnswerHead, sendRequest } from './send-request';
import { type StallLimits, StallWatch } from './stall-watch';
import { Turnstile } from './turnstile';

export interface HttpOptions extends Partial<StallLimits> {
  /** How many requests are under way at once; 12 by default. */
  connections?: number;
  /** How often a request is tried again after a failure that may pass; 5 by default, as libostree's. */
  networkRetries?: number;
  /** What the first wait between two tries is, more or less; doubled from try to try. 500 by default. */
  backoffMilliseconds?: number;
  signal?: AbortSignal;
}

/** What takes in the body of one file, through as many tries as it needs. */
export interface Receiver {
  /** Headers for the next try, such as the range that is still missing. */
  headers(): Record<string, string>;
  /** A body begins, of status 200 or 206. May throw. */
  begin(head: AnswerHead): void;
  /** The server cannot satisfy the range that `headers` named. */
  refuseRange?(): void;
  /** A piece of it. May throw; no more is read until a promise that it returns is settled. */
  take(chunk: Buffer): Promise<void> | undefined;
}

/** `absent`: the server says that there is no such file. */
export type Fetched = 'fetched' | 'absent';

const REDIRECTS_MAX = 5;
/** When a try brought so much, the ones after it count anew: a large file over a poor line comes in the end. */
const PROGRESS_BYTES = 256 * 1024;

/**
 * Fetches files of one repository over connections that are kept. Proxy variables of the environment are not read.
 * A redirect is followed within the same scheme, host and port only.
 */
export class HttpClient {
  readonly base: URL;
  readonly connections: number;
  /** Where those wait that take a large body into memory. */
  readonly largeBodies = new Turnstile();
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #watch: StallWatch;
  readonly #running = new Set<ClientRequest>();
  readonly #retries: number;
  readonly #backoffMilliseconds: number;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = () => this.abort();

  constructor(base: URL, options: HttpOptions = {}) {
    this.base = base;
    this.connections = options.connections ?? 12;
    this.#retries = options.networkRetries ?? 5;
    this.#backoffMilliseconds = options.backoffMilliseconds ?? 500;
    const { lowSpeedBytes = 1000, lowSpeedSeconds = 30 } = options;
    this.#watch = new StallWatch({ lowSpeedBytes, lowSpeedSeconds });
    const Agent = base.protocol === 'https:' ? HttpsAgent : HttpAgent;
    this.#agent = new Agent({ keepAlive: true, maxSockets: this.connections });
    this.#signal = options.signal;
    this.#signal?.addEventListener('abort', this.#onAbort);
    if (this.#signal?.aborted) this.abort();
  }

  /**
   * Fetches one file.
   * @param path relative to the repository
   * @throws AppError `ostree/fetch-failed`, `ostree/aborted`; whatever the receiver throws
   */
  async fetch(path: string, receiver: Receiver): Promise<Fetched> {
    const url = fileUrl(this.base, path);
    for (let failures = 0; ; ) {
      let received = 0;
      try {
        return await this.#try(url, receiver, (bytes) => {
          received += bytes;
        });
      } catch (error) {
        this.#assertGoing();
        if (!(error instanceof TransientFailure)) throw nameUrl(url, error);
        if (received >= PROGRESS_BYTES) failures = 0;
        failures++;
        if (failures > this.#retries) throw gaveUp(url, error, failures);
        await this.pause(failures, error.retryAfterSeconds);
      }
    }
  }

  /**
   * Waits between two tries; longer the more have failed, or as long as the server asked for.
   * @throws AppError `ostree/aborted`
   */
  async pause(failures = 2, retryAfterSeconds: number | null = null): Promise<void> {
    const { signal } = this.#stop;
    const options = { backoffMilliseconds: this.#backoffMilliseconds, random: Math.random() };
    try {
      await sleep(retryDelayMilliseconds(failures, retryAfterSeconds, options), undefined, { signal });
    } catch {
      // The only reason is that everything is to stop.
    }
    this.#assertGoing();
  }

  /** Ends everything that is under way; whatever is asked for from now on fails with `ostree/aborted`. */
  abort(): void {
    this.#stop.abort();
    for (const request of this.#running) request.destroy(new TransientFailure('stopped'));
  }

  close(): void {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.abort();
    this.#watch.close();
    this.#agent.destroy();
  }

  async #try(url: URL, receiver: Receiver, onBytes: (bytes: number) => void): Promise<Fetched> {
    const asked = receiver.headers();
    let at = url;
    for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
      this.#assertGoing();
      const { status, headers } = await this.#send(at, asked, {
        onHead: (head) => {
          if (head.status !== 200 && !(head.status === 206 && asked.Range !== undefined)) return false;
          assertPlain(head);
          receiver.begin(head);
          return true;
        },
        onData: (chunk) => {
          onBytes(chunk.length);
          return receiver.take(chunk);
        },
      });
      if (status === 200 || (status === 206 && asked.Range !== undefined)) return 'fetched';
      if (isAbsentStatus(status)) return 'absent';
      if (status === 416 && asked.Range !== undefined) {
        receiver.refuseRange?.();
        throw new TransientFailure('the server has less of it than came before');
      }
      if (isTransientStatus(status)) {
        const retryAfterSeconds = parseRetryAfter(headers['retry-after']);
        throw new TransientFailure(`the server answers ${status}`, { retryAfterSeconds });
      }
      at = redirectOf(at, status, headers.location);
    }
    throw new AppError('ostree/fetch-failed', `it is redirected more than ${REDIRECTS_MAX} times`);
  }

  async #send(
    url: URL,
    headers: Record<string, string>,
    body: {
      onHead: (head: AnswerHead) => boolean;
      onData: (chunk: Buffer) => Promise<void> | undefined;
    },
  ): Promise<AnswerHead> {
    const begun: ClientRequest[] = [];
    try {
      return await sendRequest(url, {
        ...body,
        agent: this.#agent,
        watch: this.#watch,
        headers: { 'User-Agent': 'treeline', 'Accept-Encoding': 'identity', ...headers },
        onRequest: (request) => {
          begun.push(request);
          this.#running.add(request);
        },
      });
    } finally {
      for (const request of begun) this.#running.delete(request);
    }
  }

  #assertGoing(): void {
    if (this.#stop.signal.aborted) throw new AppError('ostree/aborted', 'the pull was stopped');
  }
}

function assertPlain({ headers }: AnswerHead): void {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return;
  throw new AppError(
    'ostree/fetch-failed',
    `the server encodes it (${quoteName(encoding)}) though that was not asked for`,
  );
}

function redirectOf(from: URL, status: number, location: string | undefined): URL {
  const isRedirect = [301, 302, 303, 307, 308].includes(status);
  if (!isRedirect || location === undefined || !URL.canParse(location, from)) {
    throw new AppError('ostree/fetch-failed', `the server answers ${status}`);
  }
  const to = new URL(location, from);
  if (to.origin === from.origin && to.username === '' && to.password === '') return to;
  throw new AppError(
    'ostree/fetch-failed',
    `the server redirects it to another place, ${quoteName(to.origin)}: pull from there if that is right`,
  );
}

function nameUrl(url: URL, error: unknown): unknown {
  if (!isAppError(error, 'ostree/fetch-failed') || error.details.url !== undefined) return error;
  const message = `${url.href} cannot be fetched: ${error.message}`;
  return new AppError(error.code, message, { details: { url: url.href }, cause: error });
}

function gaveUp(url: URL, failure: TransientFailure, tries: number): AppError {
  const times = tries === 1 ? 'once' : `${tries} times`;
  const message = `${url.href} cannot be fetched: ${failure.message}; tried ${times}`;
  return new AppError('ostree/fetch-failed', message, { details: { url: url.href }, cause: failure });
}
