import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemError, watchedFs } from '../fixtures/faulty-fs';
import { PullFixture } from '../fixtures/pull-fixture';
import type { Checksum } from '../format/checksum';
import type { FsPort } from '../fs-port';
import { commitState } from '../repo/read-commit';
import { pull } from './pull';

let fixture: PullFixture;
let head: Checksum;
beforeEach(() => {
  fixture = new PullFixture();
  head = fixture.commit();
});
afterEach(() => fixture.remove());

function pullHead(fs: FsPort) {
  return pull(fixture.openSource(), fixture.openTarget(fs), { commits: [head] });
}

function onMark(name: 'open' | 'unlink', happen: (path: string) => void): FsPort {
  const mark = join(fixture.targetPath, 'state', `${head}.commitpartial`);
  return watchedFs((call) => {
    if (call.name === name && String(call.args[0]).endsWith('.commitpartial')) happen(mark);
  });
}

test('a mark that another pull of the commit sets first serves both', async () => {
  await pullHead(onMark('open', (mark) => writeFileSync(mark, '')));
  expect(commitState(fixture.openTarget(), head)).toBe('complete');
  expect(readdirSync(join(fixture.targetPath, 'state'))).toEqual([]);
});

test('a mark that another pull of the commit removes first is gone all the same', async () => {
  await pullHead(onMark('unlink', (mark) => rmSync(mark)));
  expect(commitState(fixture.openTarget(), head)).toBe('complete');
});

test('a mark that can’t be set ends the pull before anything comes', async () => {
  const fs = onMark('open', () => {
    throw systemError('ENOSPC', 'open');
  });
  await expect(pullHead(fs)).rejects.toMatchObject({ code: 'ostree/no-space' });
  expect(readdirSync(join(fixture.targetPath, 'objects'))).toEqual([]);
  expect(commitState(fixture.openTarget(), head)).toBe('absent');
});
