import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { initRepo } from '../repo/init-repo';
import { openRepo } from '../repo/open-repo';
import { readRemoteKeys } from '../repo/read-remote-keys';
import { generateEd25519KeyPair, serializeEd25519KeyFile } from './ed25519';
import { listGpgKeyPath, listGpgKeyrings, readEd25519Directory, readKeyLines } from './read-key-layouts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layouts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const [one, two, three] = [1, 2, 3].map(() => generateEd25519KeyPair().publicKey) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const write = (name: string, ...keys: Uint8Array[]) =>
  writeFileSync(join(folder, name), serializeEd25519KeyFile(keys));

test('trusted and revoked keys are found in files and folders', () => {
  for (const name of ['trusted.ed25519.d', 'revoked.ed25519.d']) mkdirSync(join(folder, name));
  write('trusted.ed25519', one);
  write('trusted.ed25519.d/b', two);
  write('trusted.ed25519.d/a', three, one);
  write('revoked.ed25519.d/key', three);
  expect(readEd25519Directory(folder)).toEqual({
    ed25519: [one, three, one, two],
    revokedEd25519: [three],
    gpgKeyrings: [],
  });
});

test('what is no key is passed over among the trusted ones, and refused among the revoked ones', () => {
  writeFileSync(join(folder, 'trusted.ed25519'), `# ours\n${Buffer.from(one).toString('base64')}\nAAAA\n`);
  expect(readEd25519Directory(folder).ed25519).toEqual([one]);
  writeFileSync(join(folder, 'revoked.ed25519'), 'AAAA\n');
  expect(() => readEd25519Directory(folder)).toThrow(
    expect.objectContaining({
      code: 'ostree/key-invalid',
      message: expect.stringContaining('revoked.ed25519'),
    }),
  );
});

test('a folder without keys says what it should hold', () => {
  for (const read of [() => readEd25519Directory(folder), () => readEd25519Directory(join(folder, 'none'))]) {
    expect(read).toThrow(
      expect.objectContaining({
        code: 'ostree/key-invalid',
        message: expect.stringContaining('trusted.ed25519'),
      }),
    );
  }
  expect(() => listGpgKeyrings(folder)).toThrow(expect.objectContaining({ code: 'ostree/key-invalid' }));
  expect(() => listGpgKeyrings(join(folder, 'none'))).toThrow(
    expect.objectContaining({ code: 'ostree/key-invalid' }),
  );
});

test('keyrings are the files that end in .gpg, but for those that hold no public keys', () => {
  for (const name of ['b.gpg', 'a.gpg', 'trustdb.gpg', 'secring.gpg', 'key.asc'])
    writeFileSync(join(folder, name), 'x');
  mkdirSync(join(folder, 'folder.gpg'));
  expect(listGpgKeyrings(folder)).toEqual([join(folder, 'a.gpg'), join(folder, 'b.gpg')]);
});

test('a remote’s keys lie in the repository and its config', () => {
  const path = join(folder, 'repo');
  initRepo(path);
  write('file', two);
  mkdirSync(join(folder, 'keys'));
  writeFileSync(join(folder, 'keys/any-name'), 'x');
  const remote = [
    '[remote "origin"]',
    `verification-ed25519-key=${Buffer.from(one).toString('base64')}`,
    `verification-ed25519-file=${join(folder, 'file')}`,
    `gpgkeypath=${join(folder, 'keys')};`,
    '[remote "bad"]',
    'verification-ed25519-key=AAAA',
  ];
  writeFileSync(join(path, 'config'), `[core]\nrepo_version=1\nmode=archive-z2\n${remote.join('\n')}\n`);
  writeFileSync(join(path, 'origin.trustedkeys.gpg'), 'x');
  const repo = openRepo(path);
  const keys = readRemoteKeys(repo, 'origin');
  expect(keys.ed25519).toEqual([one, two]);
  expect(keys.gpgKeyrings).toEqual([new Uint8Array([120]), join(folder, 'keys/any-name')]);
  for (const name of ['none', 'bad', '../origin']) {
    expect(() => readRemoteKeys(repo, name), name).toThrow(
      expect.objectContaining({ code: 'ostree/key-invalid' }),
    );
  }
  repo.close();
});

test('a revoked file that is empty revokes nothing', () => {
  write('trusted.ed25519', one);
  writeFileSync(join(folder, 'revoked.ed25519'), ' \n\n');
  expect(readEd25519Directory(folder)).toMatchObject({ ed25519: [one], revokedEd25519: [] });
});

test('gpgkeypath names a keyring, or a folder of any number of them', () => {
  for (const name of ['b', 'a.gpg']) writeFileSync(join(folder, name), 'x');
  mkdirSync(join(folder, 'deeper'));
  expect(listGpgKeyPath(join(folder, 'b'))).toEqual([join(folder, 'b')]);
  expect(listGpgKeyPath(folder)).toEqual([join(folder, 'a.gpg'), join(folder, 'b')]);
});

test.each([
  ['is a folder', (path: string) => mkdirSync(path), 'EISDIR'],
  ['is not there', () => undefined, 'ENOENT'],
  ['is too large', (path: string) => writeFileSync(path, Buffer.alloc(1024 * 1024 + 1)), 'too large'],
])('a key file that %s is named', (_what, prepare, why) => {
  const path = join(folder, 'keys');
  prepare(path);
  const read = () => readKeyLines(path);
  expect(read).toThrow(expect.objectContaining({ code: 'ostree/key-invalid', details: { path } }));
  expect(read).toThrow(path);
  expect(read).toThrow(why);
});
