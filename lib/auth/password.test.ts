import { expect, test } from 'vitest';
import { makeOneTimePassword } from './one-time-password';
import { hashPassword, verifyPassword } from './password';
import { whyWeakPassword } from './weak-password';

test('a password is stored as argon2id with a salt of its own, and found again', async () => {
  const [one, two] = [await hashPassword('correct horse'), await hashPassword('correct horse')];
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(one).not.toBe(two);
  expect(await verifyPassword(one, 'correct horse')).toBe(true);
  expect(await verifyPassword(one, 'correct horsf')).toBe(false);
  expect(await verifyPassword(one, '')).toBe(false);
});

test('a letter that can be typed in two ways is one letter', async () => {
  const stored = await hashPassword('caf\u00e9 au lait, bien chaud');
  expect(await verifyPassword(stored, 'cafe\u0301 au lait, bien chaud')).toBe(true);
});

test('without a stored hash the answer is no, after as much work', async () => {
  const stored = await hashPassword('something');
  await verifyPassword(null, 'warm up');
  // Processor time, not the clock's: other programs may take turns with this one.
  const work = async (hash: string | null) => {
    const before = process.cpuUsage();
    for (let i = 0; i < 5; i++) expect(await verifyPassword(hash, 'wrong')).toBe(false);
    return process.cpuUsage(before).user;
  };
  expect(await work(null)).toBeGreaterThan((await work(stored)) / 3);
});

test('one-time passwords are four groups of letters that can be read out', () => {
  const made = Array.from({ length: 200 }, makeOneTimePassword);
  for (const password of made) expect(password).toMatch(/^([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}$/);
  expect(new Set(made).size).toBe(200);
});

test('passwords that anybody would try are refused, long as they are', () => {
  for (const weak of [
    'password1234',
    'PasswordPassword',
    'aaaaaaaaaaaaaa',
    'abababababab',
    'ada-lovelace1',
  ]) {
    expect(whyWeakPassword(weak, 'ada-lovelace'), weak).not.toBeNull();
  }
  for (const good of ['four random words here', 'ada-lovelace and her engine']) {
    expect(whyWeakPassword(good, 'ada-lovelace')).toBeNull();
  }
});
