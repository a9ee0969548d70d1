import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { storedForm } from '../format/stored-form';
import { initRepo } from '../repo/init-repo';
import { openRepo, type Repo } from '../repo/open-repo';
import { streamContentObject } from './write-stored-object';

const path = join(temporaryDirectory(), 'repo');
let repo: Repo;
beforeAll(() => {
  initRepo(path, { mode: 'bare-user-only' });
  repo = openRepo(path);
});
afterAll(() => repo.close());

test('a symlink is one however its content comes, and what it comes from has ended', async () => {
  const header = { uid: 0, gid: 0, mode: 0o120777, target: '../some/where', xattrs: [] };
  const form = storedForm('bare-user-only', header, 0n);
  let hasEnded = false;
  function* chunks(): Generator<Uint8Array> {
    yield new Uint8Array(0);
    hasEnded = true;
  }
  expect(await streamContentObject(repo, join(path, 'tmp/link'), form, chunks())).toBe(13);
  expect(readlinkSync(join(path, 'tmp/link'))).toBe('../some/where');
  expect(hasEnded).toBe(true);
  expect(readdirSync(join(path, 'tmp')).sort()).toEqual(['cache', 'link']);
});
