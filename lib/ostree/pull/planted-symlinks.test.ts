import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listFiles, PullFixture, visibleState } from '../fixtures/pull-fixture';
import { withCode } from '../fixtures/with-code';
import type { Checksum } from '../format/checksum';
import { listRefs } from '../repo/list-refs';
import { resolveRef } from '../repo/resolve-rev';
import { commitDirectory } from '../write/commit-tree';
import { mergeSignatures } from '../write/merge-commitmeta';
import { writeRefs } from '../write/write-refs';
import { pull } from './pull';

let fixture: PullFixture;
let head: Checksum;
/** Where the symlinks lead: outside both repositories, on the same file system. */
let outside: string;
beforeEach(() => {
  fixture = new PullFixture();
  head = fixture.commit();
  outside = join(fixture.folder, 'outside');
  mkdirSync(outside);
});
afterEach(() => fixture.remove());

const pullHead = (verifyObjects: boolean) =>
  pull(fixture.openSource(), fixture.openTarget(), { commits: [head], verifyObjects });

test.each([true, false])(
  'a symlink in place of a directory of the source’s objects is refused, whatever lies there (hashed: %s)',
  async (verifyObjects) => {
    const before = visibleState(fixture.targetPath);
    const fanouts = readdirSync(join(fixture.sourcePath, 'objects'));
    // The commit's own is read, and found good, before anything is brought.
    for (const fanout of fanouts.filter((one) => one !== head.slice(0, 2))) {
      const path = join(fixture.sourcePath, 'objects', fanout);
      renameSync(path, join(outside, fanout));
      symlinkSync(join(outside, fanout), path);
      const error = await pullHead(verifyObjects).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'ostree/object-corrupt' });
      const object = String((error as { details: { object: string } }).details.object);
      expect(object.startsWith(fanout)).toBe(true);
      expect(visibleState(fixture.targetPath)).toEqual(before);
      rmSync(path);
      renameSync(join(outside, fanout), path);
    }
    await pullHead(verifyObjects);
  },
);

test('a symlink in place of a directory of the target’s objects leads nothing out of it', async () => {
  const fanout = listFiles(join(fixture.sourcePath, 'objects'))
    .find((path) => path.endsWith('.filez'))
    ?.slice(0, 2);
  const planted = join(fixture.targetPath, 'objects', fanout as string);
  symlinkSync(outside, planted);
  for (const verifyObjects of [true, false]) {
    await expect(pullHead(verifyObjects)).rejects.toEqual(withCode('ostree/repo-invalid'));
  }
  const committed = commitDirectory(fixture.openTarget(), {
    tree: fixture.tree,
    ref: 'os/made',
    parent: null,
    timestamp: 0,
  });
  await expect(committed).rejects.toMatchObject({
    code: expect.stringMatching(/^ostree\/(repo|object|io)-/),
  });
  expect(readdirSync(outside)).toEqual([]);
  rmSync(planted);
  await pullHead(true);
});

test('signatures are not written through a symlink either', async () => {
  await pullHead(true);
  const fanout = join(fixture.targetPath, 'objects', head.slice(0, 2));
  renameSync(fanout, `${fanout}.moved`);
  symlinkSync(outside, fanout);
  expect(() => mergeSignatures(fixture.openTarget(), head, { ed25519: [new Uint8Array(64)] })).toThrow(
    withCode('ostree/repo-invalid'),
  );
  expect(readdirSync(outside)).toEqual([]);
});

test('a symlink in place of a directory of refs is followed by no reader and no writer', async () => {
  await pullHead(true);
  writeFileSync(join(outside, 'main'), `${head}\n`);
  mkdirSync(join(fixture.targetPath, 'refs/heads'), { recursive: true });
  symlinkSync(outside, join(fixture.targetPath, 'refs/heads/os'));
  const target = fixture.openTarget();
  for (const ref of ['os/main', 'os/new', 'os/deep/er']) {
    expect(() => resolveRef(target, ref)).toThrow(withCode('ostree/ref-invalid'));
    expect(() => writeRefs(target, [{ ref, expected: undefined, to: head }])).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^ostree\/ref-(?:conflict|invalid)$/) }),
    );
  }
  expect(() => listRefs(target)).toThrow(withCode('ostree/ref-invalid'));
  // An alias may not lead through it either.
  symlinkSync('os/main', join(fixture.targetPath, 'refs/heads/alias'));
  expect(() => resolveRef(target, 'alias')).toThrow(withCode('ostree/ref-invalid'));
  expect(readFileSync(join(outside, 'main'), 'utf8')).toBe(`${head}\n`);
  expect(existsSync(join(outside, 'new'))).toBe(false);
});
