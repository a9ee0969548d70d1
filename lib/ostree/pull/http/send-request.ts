import {
  type ClientRequest,
  type Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { type Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { AppError, errnoOf, isAppError } from '../../../errors';
import { TransientFailure } from './retry-policy';
import type { StallWatch, Transfer } from './stall-watch';

export interface AnswerHead {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

export interface RequestOptions {
  readonly agent: HttpAgent | HttpsAgent;
  readonly headers: Record<string, string>;
  readonly watch: StallWatch;
  /** Given the running request, to be destroyed when everything is to stop. */
  readonly onRequest: (request: ClientRequest) => void;
  /** Called with the head before the body; whether the body is wanted. May throw, which ends the request. */
  readonly onHead: (head: AnswerHead) => boolean;
  /** Called with each piece of a wanted body; no more is read, nor is it over, until a promise that it returns is settled. */
  readonly onData: (chunk: Buffer) => Promise<void> | undefined;
}

/** Of a body that is not wanted so much is read, to keep its connection; more costs more than a new one. */
const DRAINED_BYTES_MAX = 64 * 1024;

/**
 * Sends one GET and reads the answer, whatever its status, following nothing. Nothing is sized by what the answer
 * declares.
 *
 * @throws TransientFailure where the connection failed, stalled or broke off; whatever onHead and onData throw
 */
export function sendRequest(url: URL, options: RequestOptions): Promise<AnswerHead> {
  return new Promise((resolve, reject) => {
    const isTls = url.protocol === 'https:';
    const { agent, headers } = options;
    const common = { agent, headers, method: 'GET' };
    const request = isTls
      ? httpsRequest(url, { ...common, rejectUnauthorized: true })
      : httpRequest(url, common);
    const transfer: Transfer = {
      received: 0,
      isPaused: false,
      onStall: () => request.destroy(new TransientFailure('it stalled')),
    };
    let isSettled = false;
    const settle = (end: () => void) => {
      if (isSettled) return;
      isSettled = true;
      options.watch.remove(transfer);
      end();
    };
    // Only while it is ours: once the answer is read, the agent has given the connection to somebody else.
    const fail = (error: unknown) =>
      settle(() => {
        reject(error);
        request.destroy();
      });
    let isRead = false;
    const done = (head: AnswerHead, taken: Promise<void> | null) => {
      isRead = true;
      const end = () => settle(() => resolve(head));
      if (taken === null) end();
      else void taken.then(end);
    };
    request.on('response', (response) => readAnswer(response, options, transfer, { fail, done }));
    request.on('error', (error) => fail(asTransient(error)));
    // An answer that is none, such as an unasked-for upgrade, ends the connection without an error.
    request.on('close', () => {
      if (!isRead) fail(new TransientFailure('the connection was closed'));
    });
    options.watch.add(transfer);
    options.onRequest(request);
    request.end();
  });
}

interface Ends {
  fail(error: unknown): void;
  /** All that is wanted has come; the answer is done with when `taken` is settled, which never rejects. */
  done(head: AnswerHead, taken: Promise<void> | null): void;
}

function readAnswer(
  response: IncomingMessage,
  options: RequestOptions,
  transfer: Transfer,
  { fail, done }: Ends,
): void {
  const head: AnswerHead = { status: response.statusCode as number, headers: response.headers };
  let isWanted = false;
  let unwantedBytes = 0;
  let taken: Promise<void> | null = null;
  try {
    isWanted = options.onHead(head);
  } catch (error) {
    fail(error);
    return;
  }
  const wait = async (promise: Promise<void>) => {
    response.pause();
    transfer.isPaused = true;
    try {
      await promise;
      transfer.isPaused = false;
      response.resume();
    } catch (error) {
      fail(error);
    }
  };
  response.on('data', (chunk: Buffer) => {
    transfer.received += chunk.length;
    try {
      if (!isWanted) {
        unwantedBytes += chunk.length;
        if (unwantedBytes <= DRAINED_BYTES_MAX) return;
        done(head, null);
        response.destroy();
        return;
      }
      const pending = options.onData(chunk);
      if (pending !== undefined) taken = wait(pending);
    } catch (error) {
      fail(error);
    }
  });
  response.on('end', () => {
    // A pause does not hold back the end, where the last piece was it.
    /* v8 ignore else -- Node makes an error of what broke off; its documentation has it end like this */
    if (response.complete) done(head, taken);
    else fail(new TransientFailure('it broke off'));
  });
  // Anything worse than an early end is an error of the request, which comes before.
  response.on('error', (error) => fail(new TransientFailure('it broke off', { cause: error })));
}

/** OpenSSL's reasons not to trust a certificate, and a server that speaks no TLS: the same at every try. */
const TLS_CODE = /CERT|SELF_SIGNED|UNABLE_TO|HOSTNAME|ERR_SSL|ERR_TLS|EPROTO/;

/** The error of a connection: most may be gone at the next try, malformed HTTP too, which a broken one looks like. */
function asTransient(error: Error): Error {
  const code = errnoOf(error);
  if (error instanceof TransientFailure || isAppError(error) || code === undefined) return error;
  if (TLS_CODE.test(code)) {
    const message = `no secure connection could be made (${code}): check its certificate`;
    return new AppError('ostree/fetch-failed', message, { cause: error });
  }
  return new TransientFailure(inWords(error, code), { cause: error });
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'the host has no address',
  EAI_AGAIN: 'the host’s address could not be asked for',
  ETIMEDOUT: 'the connection timed out',
  EPIPE: 'the connection was closed',
};

function inWords(error: Error, code: string): string {
  if (code.startsWith('HPE_')) return `what came is not HTTP (${code})`;
  return `${WORDS[code] ?? error.message} (${code})`;
}
