import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listGpgIssuers, openGpgKeyring, signWithGpg } from './gpg';
import {
  exportGpgPublicKey,
  generateGpgKey,
  importGpgKeys,
  listGpgKeysOf,
  listGpgSecretKeys,
  stopGpgAgent,
} from './gpg-keys';
import { splitSignaturePackets } from './openpgp-packets';

const folders: string[] = [];
function newHome(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gpgt-'));
  folders.push(folder);
  return folder;
}

const message = Buffer.from('the bytes of a commit');
let home: string;
let first: string;
let second: string;
let firstPublic: Uint8Array;
let signature: Uint8Array;

beforeAll(async () => {
  home = newHome();
  first = await generateGpgKey(home, 'first stage');
  second = await generateGpgKey(home, 'second stage');
  firstPublic = await exportGpgPublicKey(home, first);
  signature = await signWithGpg(message, { fingerprint: first, homedir: home });
});
afterAll(async () => {
  for (const folder of folders) {
    await stopGpgAgent(folder);
    rmSync(folder, { recursive: true, force: true });
  }
});

async function verify(keys: (string | Uint8Array)[], blobs: Uint8Array[], bytes: Uint8Array = message) {
  const keyring = await openGpgKeyring(keys);
  try {
    return await keyring.verify(bytes, blobs);
  } finally {
    keyring.close();
  }
}

test('a signature is attributed to its key, in a keyring given as bytes, as a file, armoured or not', async () => {
  const valid = [{ key: first, state: 'valid' }];
  expect(await verify([firstPublic], [signature])).toEqual(valid);
  const armoured = join(home, 'first.asc');
  writeFileSync(armoured, execFileSync('gpg', ['--homedir', home, '--armor', '--export', first]));
  expect(await verify([armoured], [signature])).toEqual(valid);
});

test('flipped bits, other bytes, unknown keys and things that are no signature have states of their own', async () => {
  const flipped = Buffer.from(signature);
  flipped[flipped.length - 3] = (flipped[flipped.length - 3] ?? 0) ^ 1;
  expect(await verify([firstPublic], [flipped])).toEqual([{ key: first, state: 'invalid' }]);
  expect(await verify([firstPublic], [signature], Buffer.from('others'))).toEqual([
    { key: first, state: 'invalid' },
  ]);
  const secondPublic = await exportGpgPublicKey(home, second);
  expect(await verify([secondPublic], [signature])).toEqual([{ key: first, state: 'unknown-key' }]);
  expect(await verify([firstPublic], [Buffer.from('rubbish')])).toEqual([{ key: '', state: 'invalid' }]);
});

test('a bad packet before a good one, in one blob, does not hide it', async () => {
  const flipped = Buffer.from(signature);
  flipped[flipped.length - 3] = (flipped[flipped.length - 3] ?? 0) ^ 1;
  const other = await signWithGpg(message, { fingerprint: second, homedir: home });
  expect(await verify([firstPublic], [Buffer.concat([flipped, other, signature])])).toEqual([
    { key: first, state: 'invalid' },
    { key: second, state: 'unknown-key' },
    { key: first, state: 'valid' },
  ]);
});

test('a whole signed message in place of a detached signature is refused', async () => {
  const attached = execFileSync('gpg', ['--homedir', home, '--batch', '--local-user', first, '--sign'], {
    input: 'other bytes',
  });
  expect(splitSignaturePackets(attached)).toBeNull();
  expect(await verify([firstPublic], [attached])).toEqual([{ key: '', state: 'invalid' }]);
});

test('a text-mode signature, which covers more than one sequence of bytes, is not valid', async () => {
  const text = execFileSync('gpg', ['--homedir', home, '--batch', '-u', first, '--textmode', '-b'], {
    input: 'a\nb\n',
  });
  expect(await verify([firstPublic], [text], Buffer.from('a\r\nb\r\n'))).toEqual([
    { key: first, state: 'invalid' },
  ]);
});

test('expired and revoked keys are told apart from valid ones', async () => {
  const oldHome = newHome();
  const args = ['--homedir', oldHome, '--batch', '--passphrase', '', '--pinentry-mode', 'loopback'];
  execFileSync(
    'gpg',
    [
      ...args,
      '--faked-system-time',
      '20200101T000000',
      '--quick-gen-key',
      'expiring',
      'ed25519',
      'sign',
      '1d',
    ],
    { stdio: 'pipe' },
  );
  const [expiring] = await listGpgSecretKeys(oldHome);
  const made = execFileSync('gpg', [...args, '--faked-system-time', '20200101T010000', '-b'], {
    input: message,
    stdio: 'pipe',
  });
  const exported = await exportGpgPublicKey(oldHome, expiring ?? '');
  expect(await verify([exported], [made])).toEqual([{ key: expiring, state: 'expired' }]);

  const revokedHome = newHome();
  const revoked = await generateGpgKey(revokedHome, 'revoked one');
  const blob = await signWithGpg(message, { fingerprint: revoked, homedir: revokedHome });
  const certificate = execFileSync('sed', [
    's/^:---/---/',
    join(revokedHome, 'openpgp-revocs.d', `${revoked}.rev`),
  ]);
  execFileSync('gpg', ['--homedir', revokedHome, '--batch', '--import'], {
    input: certificate,
    stdio: 'pipe',
  });
  const revokedPublic = await exportGpgPublicKey(revokedHome, revoked);
  expect(await verify([revokedPublic], [blob])).toEqual([{ key: revoked, state: 'revoked' }]);
});

test('without a keyring the issuer that a packet names is told, unchecked', () => {
  expect(listGpgIssuers([signature])).toEqual([{ key: first, state: 'unchecked' }]);
});

test('keys move to another home by export and import', async () => {
  const secret = execFileSync('gpg', ['--homedir', home, '--batch', '--export-secret-keys', second]);
  const other = newHome();
  chmodSync(other, 0o700);
  expect(await importGpgKeys(other, secret)).toEqual([second]);
  expect(await listGpgSecretKeys(other)).toEqual([second]);
  expect(await listGpgKeysOf(home, firstPublic)).toEqual([first]);
  expect(await importGpgKeys(other, firstPublic)).toEqual([]);
});

test('what is no key, and a name that is no fingerprint, are refused in one line', async () => {
  const noKey = { code: 'ostree/key-invalid' };
  await expect(verify([Buffer.from('no key')], [signature])).rejects.toMatchObject(noKey);
  await expect(importGpgKeys(home, Buffer.from('no key'))).rejects.toMatchObject(noKey);
  await expect(signWithGpg(message, { fingerprint: 'first stage', homedir: home })).rejects.toMatchObject(
    noKey,
  );
  const unknown = signWithGpg(message, { fingerprint: 'A'.repeat(40), homedir: home });
  await expect(unknown).rejects.toMatchObject({
    code: 'ostree/gpg-failed',
    message: expect.not.stringContaining('\n'),
  });
});

test('a name that a key cannot have, or that gpg would read as more, is refused before gpg is asked', async () => {
  for (const userId of ['abcd', 'x'.repeat(101), 'mail <a@example.org>', 'two\nlines']) {
    await expect(generateGpgKey(home, userId)).rejects.toMatchObject({ code: 'ostree/key-invalid' });
  }
});

test('a homedir that is none makes, lists and exports nothing', async () => {
  const missing = join(home, 'missing');
  const failed = { code: 'ostree/gpg-failed' };
  await expect(generateGpgKey(missing, 'some stage')).rejects.toMatchObject(failed);
  await expect(listGpgSecretKeys(missing)).rejects.toMatchObject(failed);
  await expect(exportGpgPublicKey(newHome(), first)).rejects.toMatchObject(failed);
});

test('a file without a key has no fingerprints', async () => {
  await expect(listGpgKeysOf(home, Buffer.from('no key'))).rejects.toMatchObject({
    code: 'ostree/key-invalid',
  });
});

test('a keyring without a key is named: by its path, or by its number', async () => {
  const empty = join(home, 'empty.gpg');
  writeFileSync(empty, '');
  await expect(openGpgKeyring([empty])).rejects.toThrow(`GPG keyring ${empty} holds no key`);
  await expect(openGpgKeyring([firstPublic, Buffer.from('x')])).rejects.toThrow('GPG keyring number 2 holds');
  await expect(openGpgKeyring([join(home, 'gone.gpg')])).rejects.toMatchObject({
    code: 'ostree/key-invalid',
  });
});

test('a keyring of gpg itself is read', async () => {
  expect(await verify([join(home, 'pubring.kbx')], [signature])).toEqual([{ key: first, state: 'valid' }]);
});

test('a passphrase is read from a file, and a wrong one signs nothing', async () => {
  const locked = newHome();
  const args = ['--homedir', locked, '--batch', '--pinentry-mode', 'loopback', '--passphrase', 'a secret'];
  execFileSync('gpg', [...args, '--quick-generate-key', 'locked stage', 'ed25519', 'sign', 'never'], {
    stdio: 'ignore',
  });
  const [fingerprint = ''] = await listGpgSecretKeys(locked);
  await stopGpgAgent(locked);
  const passphraseFile = join(locked, 'passphrase');
  writeFileSync(passphraseFile, 'wrong');
  const options = { fingerprint, homedir: locked, passphraseFile };
  await expect(signWithGpg(message, options)).rejects.toMatchObject({ code: 'ostree/gpg-failed' });
  writeFileSync(passphraseFile, 'a secret');
  const signed = await signWithGpg(message, options);
  const keys = await exportGpgPublicKey(locked, fingerprint);
  expect(await verify([keys], [signed])).toEqual([{ key: fingerprint, state: 'valid' }]);
});

test('of thousands of packets few are checked: each costs a process (T-38)', async () => {
  const results = await verify(
    [firstPublic],
    Array.from({ length: 40 }, () => signature),
  );
  expect(results.map(({ state }) => state)).toEqual([
    ...Array.from({ length: 32 }, () => 'valid'),
    ...Array.from({ length: 8 }, () => 'unchecked'),
  ]);
});

test('a blob that is no signature names nobody', () => {
  expect(listGpgIssuers([Buffer.from('x'), signature])).toEqual([
    { key: '', state: 'invalid' },
    { key: first, state: 'unchecked' },
  ]);
});

test('a signature that names a key ID alone is attributed to that', async () => {
  // Version 4, RSA, SHA-256; hashed: the time; not hashed: the key ID.
  const keyId = [1, 2, 3, 4, 5, 6, 7, 8];
  const body = [4, 0, 1, 8, 0, 6, 5, 2, 0x60, 0, 0, 0, 0, 10, 9, 16, ...keyId, 0x12, 0x34, 0, 8, 0xff];
  const blob = new Uint8Array([0x88, body.length, ...body]);
  expect(await verify([firstPublic], [blob])).toEqual([{ key: '0102030405060708', state: 'unknown-key' }]);
});
