import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemError, watchedFs } from '../fixtures/faulty-fs';
import { listFiles, PullFixture, visibleState } from '../fixtures/pull-fixture';
import type { Checksum } from '../format/checksum';
import type { FsPort } from '../fs-port';
import { commitState } from '../repo/read-commit';
import { makeFanouts } from './import-objects';
import { toObject } from './object-list';
import { pull } from './pull';
import { StagedObjects } from './staged-objects';

let fixture: PullFixture;
let head: Checksum;
beforeEach(() => {
  fixture = new PullFixture();
  head = fixture.commit();
});
afterEach(() => fixture.remove());

function copyHead(fs: FsPort) {
  return pull(fixture.openSource(), fixture.openTarget(fs), { commits: [head], isolation: 'copy' });
}

/** A port on which another writer gives each content object its name right before we do. */
function overtaken(place: (made: string, to: string) => void): FsPort {
  return watchedFs(({ name, args }) => {
    const [made, to] = args.map(String) as [string, string];
    if (name === 'link' && to.endsWith('.filez')) place(made, to);
  });
}

test('where somebody else was faster, theirs is taken if it is as good', async () => {
  const fs = overtaken(copyFileSync);
  const target = fixture.openTarget();
  await copyHead(fs);
  expect(commitState(target, head)).toBe('complete');
  expect(listFiles(join(fixture.targetPath, 'tmp'))).toEqual([]);
});

test('and is refused, and left to fsck, if it is not', async () => {
  const placed: string[] = [];
  const fs = overtaken((_made, to) => {
    placed.push(to);
    writeFileSync(to, 'something else');
  });
  await expect(copyHead(fs)).rejects.toMatchObject({
    code: 'ostree/object-corrupt',
    details: { path: fixture.targetPath },
  });
  expect(placed).toHaveLength(1);
  const path = join(fixture.targetPath, 'objects', placed[0]?.split('/objects/')[1] ?? '');
  expect(readFileSync(path, 'utf8')).toBe('something else');
  expect(listFiles(join(fixture.targetPath, 'tmp'))).toEqual([]);
});

test('a name that can’t be given ends the pull and leaves nothing temporary', async () => {
  const before = visibleState(fixture.targetPath);
  const fs = overtaken(() => {
    throw systemError('EIO', 'link');
  });
  await expect(copyHead(fs)).rejects.toMatchObject({ code: 'ostree/io-failed' });
  expect(visibleState(fixture.targetPath)).toEqual(before);
});

test('without room for a folder to make them in, nothing temporary is left', async () => {
  const fs = watchedFs(({ name, args }) => {
    if (name === 'mkdir' && /\/tmp\/[^/]+\/objects$/.test(String(args[0]))) throw systemError('ENOSPC', name);
  });
  await expect(copyHead(fs)).rejects.toMatchObject({ code: 'ostree/no-space' });
  expect(readdirSync(join(fixture.targetPath, 'tmp'))).toEqual(['cache']);
});

test('what would come to much is given its name before more of it waits', () => {
  const target = fixture.openTarget();
  const counts = { objectsLinked: 0, objectsCopied: 0, objectsPresent: 0, bytesCopied: 0 };
  const staged = new StagedObjects(target, counts);
  const objects = ['11', '22'].map((digits) => toObject(digits.repeat(32) as Checksum, 'file', target.mode));
  makeFanouts(target, objects);
  const make = (index: number, sizeBytes: number) => {
    writeFileSync(staged.begin(objects[index] as (typeof objects)[0]).path, 'made');
    staged.end(sizeBytes);
  };
  make(0, 1);
  expect(listFiles(join(fixture.targetPath, 'objects'))).toEqual([]);
  make(1, 256 * 1024 * 1024);
  expect(listFiles(join(fixture.targetPath, 'objects'))).toEqual(objects.map(({ path }) => path));
  expect(counts).toMatchObject({ objectsCopied: 2 });
  staged.close();
  expect(readdirSync(join(fixture.targetPath, 'tmp'))).toEqual(['cache']);
});
