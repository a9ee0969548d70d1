import { z } from 'zod';
import { callSocket } from './call-socket';
import { type StoredKey, storedKeySchema } from './protocol';

export type { StoredKey } from './protocol';

/** Makes and lists the keys of a stage. Secrets stay where they are made: only public halves come back. */
export interface SignerSetup {
  /** A new key pair. `label` is the stage's name; it becomes part of a GPG user id. */
  generateKey(of: { stageId: string; type: 'ed25519' | 'gpg'; label: string }): Promise<StoredKey>;
  /**
   * Takes over the secret key in the file at the absolute path `path`: for ed25519 base64 of 64 bytes as
   * `ostree sign` reads it, for gpg one exported secret key without a passphrase.
   */
  importKey(of: { stageId: string; type: 'ed25519' | 'gpg'; path: string }): Promise<StoredKey>;
  listKeys(of: { stageId: string }): Promise<StoredKey[]>;
}

/**
 * The running signer's set-up socket. Methods reject with `signer-unreachable` where nobody listens;
 * `input-invalid`, `ostree/key-invalid`, `ostree/gpg-failed`, `name-taken` where the key can't be taken.
 */
export function connectSignerSetup(
  socketPath: string,
  { timeoutMilliseconds = 60_000 }: { timeoutMilliseconds?: number } = {},
): SignerSetup {
  const call = <T>(request: object, result: z.ZodType<T>) =>
    callSocket(socketPath, request, { result, timeoutMilliseconds });
  return {
    generateKey: (of) => call({ kind: 'generate-key', ...of }, storedKeySchema),
    importKey: (of) => call({ kind: 'import-key', ...of }, storedKeySchema),
    listKeys: (of) => call({ kind: 'list-keys', ...of }, z.array(storedKeySchema)),
  };
}
