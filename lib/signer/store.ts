import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../errors';
import {
  ed25519PublicKeyOf,
  generateEd25519KeyPair,
  parseEd25519SecretKeyFile,
  serializeEd25519KeyFile,
  signEd25519,
} from '../ostree/sign/ed25519';
import { signWithGpg } from '../ostree/sign/gpg';
import { generateGpgKey, importGpgKeys, listGpgKeysOf, stopGpgAgent } from '../ostree/sign/gpg-keys';
import { runGpg } from '../ostree/sign/run-gpg';
import { assertPrivate, makePrivateFolder, readKeyFile, writeKeyFile } from './key-files';
import { idSchema, type StoredKey } from './protocol';
import type { SignerSetup } from './setup-client';

export interface KeyStore extends SignerSetup {
  /**
   * Signs `bytes` with one key of the stage, as a detached signature.
   * @throws AppError `signer-refused` where the store does not hold that key
   */
  sign(
    of: { stageId: string; type: 'ed25519' | 'gpg'; keyId: string },
    bytes: Uint8Array,
  ): Promise<Uint8Array>;
  /** Ends what signing has started (gpg-agent). */
  close(): Promise<void>;
}

/**
 * The keys in `<signerDir>/keys/<stage id>/` and the GnuPG home `<signerDir>/gnupg`. Files are 0600, folders 0700.
 * A secret is read when it is used and overwritten in memory afterwards.
 *
 * @throws AppError `home-unsafe` where a folder or a key is open to others
 */
export function openKeyStore(signerDir: string): KeyStore {
  const keysDir = join(signerDir, 'keys');
  const gpgHome = join(signerDir, 'gnupg');
  for (const folder of [signerDir, keysDir, gpgHome]) {
    if (!existsSync(folder)) makePrivateFolder(folder);
    assertPrivate(folder);
  }
  assertAllPrivate(keysDir);
  const folderOf = (stageId: string) => join(keysDir, idSchema.parse(stageId));

  return {
    async generateKey({ stageId, type, label }) {
      if (type === 'ed25519') {
        const pair = generateEd25519KeyPair();
        return keepEd25519(folderOf(stageId), pair.secretKey);
      }
      return keepGpg(folderOf(stageId), gpgHome, await generateGpgKey(gpgHome, `Treeline stage ${label}`));
    },

    async importKey({ stageId, type, path }) {
      const bytes = readKeyFile(path, { isPrivate: false });
      try {
        if (type === 'ed25519') return keepEd25519(folderOf(stageId), onlySecretKey(bytes, path));
        return await keepGpg(folderOf(stageId), gpgHome, await importOneGpgKey(gpgHome, bytes, path));
      } finally {
        bytes.fill(0);
      }
    },

    async listKeys({ stageId }) {
      return listKeys(folderOf(stageId));
    },

    async sign({ stageId, type, keyId }, bytes) {
      const path = join(folderOf(stageId), type === 'ed25519' ? ed25519File(keyId) : gpgFile(keyId));
      if (!existsSync(path)) {
        throw new AppError(
          'signer-refused',
          `the signer holds no ${type} key ${keyId} for this stage; import it`,
          {
            details: { type, key: keyId },
          },
        );
      }
      if (type === 'gpg') return signWithGpg(bytes, { fingerprint: keyId, homedir: gpgHome });
      return withSecretKey(path, (secretKey) => signEd25519(secretKey, bytes));
    },

    close: () => stopGpgAgent(gpgHome),
  };
}

/** Named by the key's hash: the base64 of a key may hold a slash. */
function ed25519File(keyId: string): string {
  return `ed25519-${createHash('sha256').update(keyId).digest('hex').slice(0, 32)}.secret`;
}

/** The secret half lies in the GnuPG home; the file says which stage may use it, and holds the public half. */
function gpgFile(keyId: string): string {
  if (!/^([0-9A-F]{40}|[0-9A-F]{64})$/.test(keyId)) {
    throw new AppError('signer-refused', 'a GPG key is named by its whole fingerprint');
  }
  return `gpg-${keyId}.asc`;
}

function keepEd25519(folder: string, secretKey: Uint8Array): StoredKey {
  try {
    const keyId = Buffer.from(ed25519PublicKeyOf(secretKey)).toString('base64');
    refuseOfOtherStage(folder, ed25519File(keyId));
    makePrivateFolder(folder);
    const text = Buffer.from(serializeEd25519KeyFile([secretKey]));
    writeKeyFile(join(folder, ed25519File(keyId)), text);
    text.fill(0);
    return { type: 'ed25519', keyId, publicKey: keyId };
  } finally {
    secretKey.fill(0);
  }
}

function onlySecretKey(bytes: Buffer, path: string): Uint8Array {
  const keys = parseEd25519SecretKeyFile(bytes.toString('latin1'));
  const [key] = keys;
  if (key && keys.length === 1) return key;
  for (const each of keys) each.fill(0);
  throw new AppError('ostree/key-invalid', `${path} holds several keys; give one key a file`, {
    details: { path },
  });
}

async function importOneGpgKey(gpgHome: string, bytes: Uint8Array, path: string): Promise<string> {
  const inFile = await listGpgKeysOf(gpgHome, bytes);
  if (inFile.length > 1) {
    throw new AppError('ostree/key-invalid', `${path} holds several keys; export one`, { details: { path } });
  }
  const [fingerprint] = await importGpgKeys(gpgHome, bytes);
  if (fingerprint) return fingerprint;
  throw new AppError('ostree/key-invalid', `${path} holds no secret GPG key; use gpg --export-secret-keys`, {
    details: { path },
  });
}

async function keepGpg(folder: string, gpgHome: string, fingerprint: string): Promise<StoredKey> {
  const run = await runGpg(['--armor', '--export', '--', fingerprint], { homedir: gpgHome });
  if (run.exitCode !== 0 || run.stdout.length === 0) {
    throw new AppError(
      'ostree/gpg-failed',
      `gpg could not export the public key ${fingerprint}: ${run.lastWords}`,
    );
  }
  // A key that can't sign without asking for a passphrase would fail in the middle of a promotion: find out now.
  refuseOfOtherStage(folder, gpgFile(fingerprint));
  await signWithGpg(Buffer.from('treeline'), { fingerprint, homedir: gpgHome, timeoutSeconds: 20 });
  makePrivateFolder(folder);
  writeKeyFile(join(folder, gpgFile(fingerprint)), run.stdout);
  return { type: 'gpg', keyId: fingerprint, publicKey: Buffer.from(run.stdout).toString('utf8') };
}

/** A key that signs for two stages would make what was approved for one good for the other (T-07). */
function refuseOfOtherStage(folder: string, name: string): void {
  for (const stage of readdirSync(dirname(folder))) {
    if (stage !== basename(folder) && existsSync(join(dirname(folder), stage, name))) {
      throw new AppError(
        'name-taken',
        'another stage signs with this key; each stage needs a key of its own',
      );
    }
  }
}

function listKeys(folder: string): StoredKey[] {
  if (!existsSync(folder)) return [];
  const keys: StoredKey[] = [];
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (name.endsWith('.secret')) {
      const keyId = withSecretKey(path, (secret) =>
        Buffer.from(ed25519PublicKeyOf(secret)).toString('base64'),
      );
      keys.push({ type: 'ed25519', keyId, publicKey: keyId });
    } else if (name.endsWith('.asc')) {
      const publicKey = readKeyFile(path, { isPrivate: true }).toString('utf8');
      keys.push({ type: 'gpg', keyId: name.slice('gpg-'.length, -'.asc'.length), publicKey });
    }
  }
  return keys;
}

function withSecretKey<T>(path: string, use: (secretKey: Uint8Array) => T): T {
  const bytes = readKeyFile(path, { isPrivate: true });
  let keys: Uint8Array[] = [];
  try {
    keys = parseEd25519SecretKeyFile(bytes.toString('latin1'));
    const [key] = keys;
    if (!key) throw new AppError('ostree/key-invalid', `${path} holds no key`, { details: { path } });
    return use(key);
  } finally {
    bytes.fill(0);
    for (const key of keys) key.fill(0);
  }
}

function assertAllPrivate(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    assertPrivate(path);
    if (entry.isDirectory()) assertAllPrivate(path);
  }
}
