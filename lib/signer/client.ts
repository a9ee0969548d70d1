import { z } from 'zod';
import { callSocket } from './call-socket';
import { type StoredKey, signaturesSchema, storedKeySchema, type WireSignatures } from './protocol';

export type { StoredKey, WireSignatures } from './protocol';

/** What the worker can ask the signer for. Every method rejects with `signer-unreachable` or `signer-refused`. */
export interface SignerClient {
  /** Signatures of the candidate at `<repository>/.treeline-journal/summary`, by every signing key of the stage. */
  signSummary(of: { stageId: string; runId: string }, signal?: AbortSignal): Promise<WireSignatures>;
  /** Signatures of the commit object, by every signing key of the stage. */
  signCommit(
    of: { stageId: string; runId: string; checksum: string },
    signal?: AbortSignal,
  ): Promise<WireSignatures>;
  /** The public halves of the keys that the signer holds for the stage. */
  listKeys(of: { stageId: string }): Promise<StoredKey[]>;
}

export interface SignerClientOptions {
  /** How long one request may take, in milliseconds. GPG may have to start its agent first. */
  timeoutMilliseconds?: number;
}

/** The signer behind the socket at `socketPath`. Connects anew for each request. */
export function connectSigner(socketPath: string, options: SignerClientOptions = {}): SignerClient {
  const { timeoutMilliseconds = 60_000 } = options;
  const call = <T>(request: object, result: z.ZodType<T>, signal?: AbortSignal) =>
    callSocket(socketPath, request, { result, timeoutMilliseconds, signal });
  return {
    signSummary: (of, signal) => call({ kind: 'sign-summary', ...of }, signaturesSchema, signal),
    signCommit: (of, signal) => call({ kind: 'sign-commit', ...of }, signaturesSchema, signal),
    listKeys: (of) => call({ kind: 'list-keys', ...of }, z.array(storedKeySchema)),
  };
}
