import { describe, expect, it } from 'vitest';
import { safeNextPath } from './safe-next-path';

describe('safeNextPath', () => {
  it.each(['/', '/promotions/42', '/history?kind=promotion-approved#3', '/stages/dev/refs/os/amd64/stable'])(
    'keeps %s',
    (path) => expect(safeNextPath(path)).toBe(path),
  );
  it.each([
    // Each of these would lead to another host, to a script, or round in a circle.
    '//evil.example',
    '/\\evil.example',
    '/a\\b',
    'https://evil.example/',
    'javascript:alert(1)',
    '/\t/evil.example',
    '/a b',
    'promotions',
    '',
    '/sign-in',
    '/sign-in?next=/sign-in',
    '/change-password',
    '/api/auth/signout',
    `/${'a'.repeat(2001)}`,
    null,
    undefined,
  ])('leads %j to the board', (path) => expect(safeNextPath(path)).toBe('/'));
});
