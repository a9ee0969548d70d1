import { encode } from 'next-auth/jwt';
import { expect, test } from 'vitest';
import { decodeSessionToken, encodeSessionToken, sessionCookieName } from './session-token';

const secret = 'a secret of more than thirty-two characters';

test('a token gives the session’s id back, to who has the secret', async () => {
  const token = await encodeSessionToken('session-1', secret, 60);
  expect(await decodeSessionToken(token, secret)).toBe('session-1');
  expect(await decodeSessionToken(token, `${secret}!`)).toBeNull();
  expect(token).not.toContain('session-1');
});

test('what is no token, was changed, has expired or carries no session is nothing', async () => {
  const token = await encodeSessionToken('session-1', secret, 60);
  // All bits of a tag's first digit count; of its last, some may be anything.
  const tag = token.lastIndexOf('.') + 1;
  const changed = `${token.slice(0, tag)}${token[tag] === 'A' ? 'B' : 'A'}${token.slice(tag + 1)}`;
  const expired = await encodeSessionToken('session-1', secret, -60);
  const empty = await encode({ token: {}, secret });
  const other = await encode({ token: { sub: 'session-1', name: 'x' }, secret });
  const odd = await encode({ token: { sid: { not: '' } } as never, secret });
  for (const value of ['', 'x', 'a.b.c.d.e', changed, expired, empty, other, odd]) {
    expect(await decodeSessionToken(value, secret), value).toBeNull();
  }
});

test('over https the cookie’s name makes browsers insist on it', () => {
  expect(sessionCookieName(true)).toBe('__Host-treeline.session');
  expect(sessionCookieName(false)).toBe('treeline.session');
});
