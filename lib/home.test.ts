import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isAppError } from './errors';
import { createHome, openHome, readSessionSecret } from './home';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'treeline-home-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
  return 'no error';
}

test('a new home keeps its secrets to its owner', () => {
  const home = createHome(join(folder, 'home'));
  expect(statSync(home.root).mode & 0o777).toBe(0o700);
  expect(statSync(home.signerDir).mode & 0o777).toBe(0o700);
  expect(statSync(home.sessionSecretPath).mode & 0o777).toBe(0o600);
  expect(readSessionSecret(home).length).toBeGreaterThanOrEqual(64);
  expect(openHome(home.root)).toEqual(home);
});

test('a home is never made twice: the secret stays', () => {
  const home = createHome(folder);
  const before = readFileSync(home.sessionSecretPath);
  expect(codeOf(() => createHome(folder))).toBe('home-exists');
  expect(readFileSync(home.sessionSecretPath)).toEqual(before);
});

test('a missing home is named', () => {
  expect(codeOf(() => openHome(join(folder, 'nothing')))).toBe('home-missing');
  expect(codeOf(() => openHome(folder))).toBe('home-missing');
});

test('a home that others could read or change is refused', () => {
  const home = createHome(join(folder, 'home'));
  chmodSync(home.sessionSecretPath, 0o604);
  expect(codeOf(() => openHome(home.root))).toBe('home-unsafe');
  chmodSync(home.sessionSecretPath, 0o600);
  chmodSync(home.root, 0o702);
  expect(codeOf(() => openHome(home.root))).toBe('home-unsafe');
});

test('a secret behind a symbolic link is refused', () => {
  const home = createHome(join(folder, 'home'));
  const elsewhere = join(folder, 'elsewhere');
  writeFileSync(elsewhere, 'x'.repeat(64), { mode: 0o600 });
  rmSync(home.sessionSecretPath);
  symlinkSync(elsewhere, home.sessionSecretPath);
  expect(codeOf(() => readSessionSecret(home))).toBe('home-unsafe');
});

test('a path too long for sockets is refused before anything is made', () => {
  expect(codeOf(() => createHome(join(folder, 'x'.repeat(120))))).toBe('home-unsafe');
});
