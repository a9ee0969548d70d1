import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemError, watchedFs } from '../fixtures/faulty-fs';
import { PLAIN_DIRMETA } from '../fixtures/hand-made-repo';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { withCode } from '../fixtures/with-code';
import { sha256 } from '../format/checksum';
import { objectPath } from '../format/object-path';
import { initRepo } from '../repo/init-repo';
import { openRepo, type Repo } from '../repo/open-repo';
import { placeObject } from './place-object';

const base = temporaryDirectory();
const checksum = sha256(PLAIN_DIRMETA);
let made = 0;
let path: string;
let file: string;
const repos: Repo[] = [];
beforeEach(() => {
  path = join(base, `repo-${made++}`);
  initRepo(path);
  file = join(path, objectPath(checksum, 'dirmeta', 'archive'));
  mkdirSync(join(file, '..'), { recursive: true });
});
afterEach(() => {
  expect(readdirSync(join(path, 'tmp'))).toEqual(['cache']);
  for (const repo of repos.splice(0)) repo.close();
});

/** Places the object, with `meanwhile` done between the look whether it is there and the link. */
function place(meanwhile: () => void = () => undefined): boolean {
  const fs = watchedFs(({ name }) => {
    if (name === 'link') meanwhile();
  });
  const repo = openRepo(path, { fs });
  repos.push(repo);
  return placeObject(repo, checksum, 'dirmeta', PLAIN_DIRMETA);
}

test('an object is placed once', () => {
  expect(place()).toBe(true);
  expect(readFileSync(file)).toEqual(Buffer.from(PLAIN_DIRMETA));
  expect(place()).toBe(false);
});

test('one that somebody else places meanwhile counts if it is good, and is refused by name if not', () => {
  expect(place(() => writeFileSync(file, PLAIN_DIRMETA))).toBe(false);
  writeFileSync(file, 'damage');
  expect(() => place()).toThrow(withCode('ostree/object-corrupt'));
  expect(readFileSync(file, 'utf8')).toBe('damage');
});

test('one that somebody else spoils meanwhile is refused by name', () => {
  expect(() => place(() => writeFileSync(file, 'damage'))).toThrow(
    expect.objectContaining({
      code: 'ostree/object-corrupt',
      message: expect.stringContaining(checksum),
    }),
  );
});

test('any other failure is passed on', () => {
  const fail = () => {
    throw systemError('EIO', 'link');
  };
  expect(() => place(fail)).toThrow('EIO');
  expect(readdirSync(join(file, '..'))).toEqual([]);
});
