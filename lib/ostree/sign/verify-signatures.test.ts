import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generateEd25519KeyPair, signEd25519 } from './ed25519';
import { openGpgKeyring, signWithGpg } from './gpg';
import { exportGpgPublicKey, generateGpgKey, stopGpgAgent } from './gpg-keys';
import { hasValidSignature, verifySignatures } from './verify-signatures';

const message = Buffer.from('the bytes of a summary');
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

test('each signature is attributed to the key that made it, a malformed one spoils no other', async () => {
  const [ours, theirs, stranger] = [
    generateEd25519KeyPair(),
    generateEd25519KeyPair(),
    generateEd25519KeyPair(),
  ];
  const set = {
    ed25519: [
      Buffer.alloc(63),
      signEd25519(stranger.secretKey, message),
      signEd25519(theirs.secretKey, message),
      signEd25519(ours.secretKey, message),
    ],
    gpg: [],
    other: new Map(),
  };
  const signatures = await verifySignatures(message, set, { ed25519: [ours.publicKey, theirs.publicKey] });
  expect(signatures).toEqual([
    { type: 'ed25519', key: '', state: 'invalid' },
    { type: 'ed25519', key: '', state: 'unknown-key' },
    { type: 'ed25519', key: base64(theirs.publicKey), state: 'valid' },
    { type: 'ed25519', key: base64(ours.publicKey), state: 'valid' },
  ]);
  expect(hasValidSignature(signatures)).toBe(true);
  const others = await verifySignatures(Buffer.from('x'), set, {
    ed25519: [ours.publicKey, theirs.publicKey],
  });
  expect(hasValidSignature(others)).toBe(false);
});

test('a revoked key is named as one, whether or not it is trusted as well', async () => {
  const [ours, lost] = [generateEd25519KeyPair(), generateEd25519KeyPair()];
  const signatures = [lost, ours].map(({ secretKey }) => signEd25519(secretKey, message));
  const set = { ed25519: signatures, gpg: [], other: new Map() };
  const revokedEd25519 = [lost.publicKey];
  for (const ed25519 of [[ours.publicKey], [ours.publicKey, lost.publicKey]]) {
    expect(await verifySignatures(message, set, { ed25519, revokedEd25519 })).toEqual([
      { type: 'ed25519', key: base64(lost.publicKey), state: 'revoked' },
      { type: 'ed25519', key: base64(ours.publicKey), state: 'valid' },
    ]);
  }
  const [, unknown] = await verifySignatures(message, set, { revokedEd25519 });
  expect(unknown).toEqual({ type: 'ed25519', key: '', state: 'unknown-key' });
});

test('signatures of a kind that no key is given for are unchecked, gpg ones with the issuer they name', async () => {
  const homedir = mkdtempSync(join(tmpdir(), 'gpgv-'));
  const fingerprint = await generateGpgKey(homedir, 'some stage');
  const gpg = [await signWithGpg(message, { fingerprint, homedir })];
  const exported = await exportGpgPublicKey(homedir, fingerprint);
  const keyring = await openGpgKeyring([exported]);
  await stopGpgAgent(homedir);
  rmSync(homedir, { recursive: true, force: true });
  const set = { ed25519: [signEd25519(generateEd25519KeyPair().secretKey, message)], gpg, other: new Map() };
  expect(await verifySignatures(message, set, {})).toEqual([
    { type: 'ed25519', key: '', state: 'unchecked' },
    { type: 'gpg', key: fingerprint, state: 'unchecked' },
  ]);
  expect((await verifySignatures(message, set, { gpgKeyrings: [exported] }))[1]).toEqual({
    type: 'gpg',
    key: fingerprint,
    state: 'valid',
  });
  // One that the caller opened serves for many.
  for (let i = 0; i < 2; i++) {
    const [, found] = await verifySignatures(message, set, { gpgKeyring: keyring });
    expect(found).toEqual({ type: 'gpg', key: fingerprint, state: 'valid' });
  }
  keyring.close();
});
