import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generateEd25519KeyPair, signEd25519 } from './ed25519';
import { signWithGpg } from './gpg';
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

test('signatures of a kind that no key is given for are unchecked, gpg ones with the issuer they name', async () => {
  const homedir = mkdtempSync(join(tmpdir(), 'gpgv-'));
  const fingerprint = await generateGpgKey(homedir, 'some stage');
  const gpg = [await signWithGpg(message, { fingerprint, homedir })];
  const exported = await exportGpgPublicKey(homedir, fingerprint);
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
});
