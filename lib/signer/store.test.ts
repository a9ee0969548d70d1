import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAppError } from '../errors';
import { generateEd25519KeyPair, serializeEd25519KeyFile, verifyEd25519 } from '../ostree/sign/ed25519';
import { openGpgKeyring } from '../ostree/sign/gpg';
import { runGpg } from '../ostree/sign/run-gpg';
import { type KeyStore, openKeyStore } from './store';

let root: string;
let store: KeyStore;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'treeline-store-'));
  store = openKeyStore(join(root, 'signer'));
});

afterEach(async () => {
  await store.close();
  rmSync(root, { recursive: true, force: true });
});

const codeOf = (work: () => unknown) => {
  try {
    work();
    return null;
  } catch (error) {
    return isAppError(error) ? error.code : 'not an AppError';
  }
};

describe('ed25519', () => {
  test('a generated key signs what its public half verifies', async () => {
    const key = await store.generateKey({ stageId: 'stage', type: 'ed25519', label: 'production' });
    const signature = await store.sign({ stageId: 'stage', ...key }, Buffer.from('bytes'));
    expect(verifyEd25519(Buffer.from(key.publicKey, 'base64'), Buffer.from('bytes'), signature)).toBe(true);
    expect(await store.listKeys({ stageId: 'stage' })).toEqual([key]);
    expect(await store.listKeys({ stageId: 'other' })).toEqual([]);
  });

  test('files and folders are open to their owner only', async () => {
    await store.generateKey({ stageId: 'stage', type: 'ed25519', label: 'production' });
    const folder = join(root, 'signer/keys/stage');
    const [file] = readdirSync(folder) as [string];
    expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    for (const path of ['signer', 'signer/keys', 'signer/gnupg', 'signer/keys/stage']) {
      expect(statSync(join(root, path)).mode & 0o777, path).toBe(0o700);
    }
  });

  test('a key file that others can read stops the store', async () => {
    await store.generateKey({ stageId: 'stage', type: 'ed25519', label: 'production' });
    const folder = join(root, 'signer/keys/stage');
    const path = join(folder, readdirSync(folder)[0] as string);
    chmodSync(path, 0o640);
    expect(codeOf(() => openKeyStore(join(root, 'signer')))).toBe('home-unsafe');
    await expect(store.listKeys({ stageId: 'stage' })).rejects.toMatchObject({ code: 'home-unsafe' });
    chmodSync(path, 0o600);
    chmodSync(folder, 0o750);
    expect(codeOf(() => openKeyStore(join(root, 'signer')))).toBe('home-unsafe');
  });

  test('an imported key is the one in the file; twice is once; two stages do not share it', async () => {
    const pair = generateEd25519KeyPair();
    const path = join(root, 'key');
    writeFileSync(path, serializeEd25519KeyFile([pair.secretKey]));
    const key = await store.importKey({ stageId: 'stage', type: 'ed25519', path });
    expect(key.publicKey).toBe(Buffer.from(pair.publicKey).toString('base64'));
    expect(await store.importKey({ stageId: 'stage', type: 'ed25519', path })).toEqual(key);
    expect(await store.listKeys({ stageId: 'stage' })).toHaveLength(1);
    await expect(store.importKey({ stageId: 'other', type: 'ed25519', path })).rejects.toMatchObject({
      code: 'name-taken',
    });
  });

  test.each([
    ['nothing', ''],
    ['no key', 'secret words\n'],
    ['two keys', 'two'],
  ])('a file with %s is refused without a word of it', async (_, text) => {
    const path = join(root, 'key');
    const two = [generateEd25519KeyPair().secretKey, generateEd25519KeyPair().secretKey];
    writeFileSync(path, text === 'two' ? serializeEd25519KeyFile(two) : text);
    const error = await store
      .importKey({ stageId: 'stage', type: 'ed25519', path })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ostree/key-invalid' });
    expect(String(error)).not.toContain('secret words');
  });

  test('a missing file, a folder and a link are refused by name', async () => {
    for (const path of [join(root, 'nowhere'), root]) {
      await expect(store.importKey({ stageId: 'stage', type: 'ed25519', path })).rejects.toMatchObject({
        code: 'ostree/key-invalid',
        message: expect.stringContaining(path),
      });
    }
  });

  test('another stage’s key does not sign', async () => {
    const key = await store.generateKey({ stageId: 'stage', type: 'ed25519', label: 'production' });
    await expect(store.sign({ stageId: 'other', ...key }, Buffer.from('x'))).rejects.toMatchObject({
      code: 'signer-refused',
    });
    await expect(store.sign({ stageId: '../keys/stage', ...key }, Buffer.from('x'))).rejects.toThrow();
  });
});

describe('gpg', () => {
  test('a generated key signs, and its armoured public half verifies', async () => {
    const key = await store.generateKey({ stageId: 'stage', type: 'gpg', label: 'production' });
    expect(key.keyId).toMatch(/^[0-9A-F]{40}$/);
    expect(key.publicKey).toContain('BEGIN PGP PUBLIC KEY BLOCK');
    const signature = await store.sign({ stageId: 'stage', ...key }, Buffer.from('bytes'));
    const keyring = await openGpgKeyring([Buffer.from(key.publicKey)]);
    expect(await keyring.verify(Buffer.from('bytes'), [signature])).toEqual([
      { key: key.keyId, state: 'valid' },
    ]);
    keyring.close();
    expect(await store.listKeys({ stageId: 'stage' })).toEqual([key]);
  });

  test('an exported secret key is imported; a public one is not enough', async () => {
    const key = await store.generateKey({ stageId: 'stage', type: 'gpg', label: 'production' });
    const homedir = join(root, 'signer/gnupg');
    const secret = await runGpg(
      ['--pinentry-mode', 'loopback', '--passphrase', '', '--export-secret-keys', '--', key.keyId],
      { homedir },
    );
    writeFileSync(join(root, 'secret.gpg'), secret.stdout);
    writeFileSync(join(root, 'public.asc'), key.publicKey);
    const second = openKeyStore(join(root, 'second'));
    try {
      const imported = await second.importKey({
        stageId: 'stage',
        type: 'gpg',
        path: join(root, 'secret.gpg'),
      });
      expect(imported.keyId).toBe(key.keyId);
      const third = openKeyStore(join(root, 'third'));
      await expect(
        third.importKey({ stageId: 'stage', type: 'gpg', path: join(root, 'public.asc') }),
      ).rejects.toMatchObject({
        code: 'ostree/key-invalid',
      });
      await third.close();
    } finally {
      await second.close();
    }
  });
});

test('no secret is in any other file', async () => {
  await store.generateKey({ stageId: 'stage', type: 'ed25519', label: 'production' });
  const folder = join(root, 'signer/keys/stage');
  expect(readdirSync(folder)).toHaveLength(1);
  const text = readFileSync(join(folder, readdirSync(folder)[0] as string), 'utf8');
  expect(text).toMatch(/^[A-Za-z0-9+/]{86}==\n$/);
});
