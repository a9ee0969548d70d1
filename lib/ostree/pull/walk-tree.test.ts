import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemError, watchedFs } from '../fixtures/faulty-fs';
import { objectFile, PullFixture } from '../fixtures/pull-fixture';
import { runOstree } from '../fixtures/run-ostree';
import type { Checksum } from '../format/checksum';
import { resolveRef } from '../repo/resolve-rev';
import { countDifference } from './count-difference';
import { pullRevs } from './pull-revs';

let fixture: PullFixture;
let head: Checksum;
let next: Checksum;
/** The dirtree of `/usr/share` in the head that the target has; the next commit has another. */
let share: string;
beforeEach(async () => {
  fixture = new PullFixture();
  head = fixture.commit();
  await pullRevs(fixture.openSource(), fixture.openTarget(), ['os/main']);
  share = fixture.checksumOf(head, '/usr/share');
  fixture.write('usr/share/more', 'more');
  next = fixture.commit();
});
afterEach(() => fixture.remove());

test.each([
  ['is missing', (path: string) => rmSync(path)],
  [
    'is damaged',
    (path: string) => {
      rmSync(path);
      writeFileSync(path, 'something else');
    },
  ],
])('below a directory of the head that %s nothing is taken for present', async (_what, damage) => {
  damage(objectFile(fixture.targetPath, share, 'dirtree'));
  const lost = objectFile(fixture.targetPath, fixture.checksumOf(head, '/usr/share/data'), 'filez');
  rmSync(lost);
  const result = await pullRevs(fixture.openSource(), fixture.openTarget(), ['os/main']);
  // The new file and the lost one, the dirtrees of share, usr and the root, the commit.
  expect(result).toMatchObject({ objectsLinked: 6, commits: [next] });
  expect(result.objectsPresent).toBeGreaterThan(0);
  expect(existsSync(lost)).toBe(true);
});

test('a directory of very many comes whole, and so does what changes below it', async () => {
  const names = Array.from({ length: 800 }, (_, index) => `directory-with-a-long-name-${index}`);
  for (const name of names) {
    mkdirSync(join(fixture.tree, 'var', name), { recursive: true });
    fixture.write(`var/${name}/file`, name.slice(-1));
  }
  const first = fixture.commit();
  await pullRevs(fixture.openSource(), fixture.openTarget(), ['os/main']);
  // Larger than what is read into memory that is used again.
  const large = fixture.checksumOf(first, '/var');
  expect(statSync(objectFile(fixture.sourcePath, large, 'dirtree')).size).toBeGreaterThan(64 * 1024);
  fixture.write(`var/${names[400]}/file`, 'changed');
  const changed = fixture.commit();
  const result = await pullRevs(fixture.openSource(), fixture.openTarget(), ['os/main']);
  // The file, its directory, the large one, the root and the commit.
  expect(result.objectsLinked).toBe(5);
  expect(resolveRef(fixture.openTarget(), 'os/main')).toBe(changed);
  runOstree('fsck', `--repo=${fixture.targetPath}`);
});

test('a disk that fails while a directory of the head is read ends the pull, by its name', async () => {
  const fs = watchedFs(({ name, args }) => {
    if (name === 'openAt' && String(args[1]).includes(share.slice(2))) throw systemError('EIO', name);
  });
  const pulled = pullRevs(fixture.openSource(), fixture.openTarget(fs), ['os/main']);
  await expect(pulled).rejects.toMatchObject({
    code: 'ostree/io-failed',
    message: expect.stringContaining(`${share}.dirtree in ${fixture.targetPath} cannot be read: EIO`),
    details: { errno: 'EIO' },
  });
  expect(resolveRef(fixture.openTarget(), 'os/main')).toBe(head);
});

test('the difference of two commits is what a client with the first fetches for the second', async () => {
  const repo = fixture.openSource();
  // The file and three dirtrees.
  expect(await countDifference(repo, { from: head, to: next })).toEqual({
    objects: 4,
    bytes: expect.any(Number),
  });
  expect(await countDifference(repo, { from: next, to: next })).toEqual({ objects: 0, bytes: 0 });
});
