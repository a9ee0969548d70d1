import { describe, expect, it } from 'vitest';
import { readPublicKey } from './read-public-key';

const bytes = (count: number) => Buffer.alloc(count, 7).toString('base64');

describe('readPublicKey', () => {
  it('knows an ed25519 public key by its size', () => {
    expect(readPublicKey(`\n${bytes(32)}\n`)).toEqual({ type: 'ed25519', publicKey: bytes(32) });
  });

  it('knows a GPG block by its first line', () => {
    const block = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDME\n-----END PGP PUBLIC KEY BLOCK-----';
    expect(readPublicKey(block)).toEqual({ type: 'gpg', publicKey: block });
  });

  it.each([
    // A secret pasted by mistake must never reach the web process.
    ['an ed25519 secret key', bytes(64)],
    ['a GPG secret key', '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlFgE'],
    ['a PEM secret key', '-----BEGIN PRIVATE KEY-----\nMC4C'],
  ])('refuses %s', (_name, text) => {
    expect(readPublicKey(text)).toEqual({ error: expect.stringContaining('secret key') });
  });

  it.each(['', '   ', 'ssh-ed25519 AAAA', bytes(31), bytes(33)])('refuses %j', (text) => {
    expect(readPublicKey(text)).toHaveProperty('error');
  });
});
