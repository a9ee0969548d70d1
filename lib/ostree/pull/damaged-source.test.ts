import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isEffect, systemError, watchedFs } from '../fixtures/faulty-fs';
import { fsckClean, listFiles, objectFile, PullFixture, visibleState } from '../fixtures/pull-fixture';
import type { Checksum } from '../format/checksum';
import { writeRefs } from '../write/write-refs';
import { pull } from './pull';

let fixture: PullFixture;
let old: Checksum;
let head: Checksum;
/** Objects of the new commit that the target does not have, by extension. */
let fresh: Map<string, string>;

beforeEach(async () => {
  fixture = new PullFixture();
  old = fixture.commit();
  await pull(fixture.openSource(), fixture.openTarget(), { commits: [old] });
  writeRefs(fixture.openTarget(), [{ ref: 'os/main', expected: null, to: old }]);
  const before = new Set(listFiles(join(fixture.sourcePath, 'objects')));
  fixture.write('etc/config', 'version=2, with something to get wrong in it\n');
  mkdirSync(join(fixture.tree, 'new'), { mode: 0o710 });
  fixture.write('new/file', 'a new file');
  head = fixture.commit();
  const added = listFiles(join(fixture.sourcePath, 'objects')).filter((path) => !before.has(path));
  fresh = new Map(added.map((path) => [path.split('.').at(-1) as string, path]));
  expect([...fresh.keys()].sort()).toEqual(['commit', 'dirmeta', 'dirtree', 'filez']);
});
afterEach(() => fixture.remove());

function pullHead(verifyObjects = true) {
  return pull(fixture.openSource(), fixture.openTarget(), { commits: [head], verifyObjects });
}

const damages: Record<string, (path: string) => void> = {
  'a flipped bit': (path) => {
    const bytes = readFileSync(path);
    bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 0x10;
    writeFileSync(path, bytes);
  },
  'half of its bytes': (path) => truncateSync(path, Math.floor(readFileSync(path).length / 2)),
  'no bytes': (path) => truncateSync(path, 0),
  'bytes behind its end': (path) =>
    writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from('x')])),
  'its file gone': (path) => rmSync(path),
  'a symlink to itself elsewhere in its place': (path) => {
    renameSync(path, `${path}.moved`);
    symlinkSync(`${path}.moved`, path);
  },
  'a fifo in its place': (path) => {
    rmSync(path);
    execFileSync('mkfifo', [path]);
  },
  'a directory in its place': (path) => {
    rmSync(path);
    mkdirSync(path);
  },
};

/** Without hashing, content is only looked at from outside; metadata is read and hashed in any case. */
const seenWithoutHashing = ['its file gone', 'a symlink', 'a fifo', 'a directory'];

test.each(Object.keys(damages))(
  'an object of the source with %s is named, and nothing of it comes into the target',
  async (what) => {
    const before = visibleState(fixture.targetPath);
    const pristine = `${fixture.targetPath}.pristine`;
    cpSync(fixture.targetPath, pristine, { recursive: true });
    for (const extension of ['commit', 'dirmeta', 'dirtree', 'filez']) {
      // What was sound stays in the target, and is not asked for again.
      rmSync(fixture.targetPath, { recursive: true });
      cpSync(pristine, fixture.targetPath, { recursive: true });
      const path = fresh.get(extension) as string;
      const place = join(fixture.sourcePath, 'objects', path);
      cpSync(place, `${place}.good`);
      (damages[what] as (path: string) => void)(place);
      const object = `${path.replace('/', '').split('.')[0]}.${extension === 'filez' ? 'file' : extension}`;
      const named = {
        code: expect.stringMatching(/^ostree\/object-(?:corrupt|missing)$/),
        details: { object },
      };
      await expect(pullHead(), extension).rejects.toMatchObject(named);
      if (seenWithoutHashing.some((one) => what.startsWith(one))) {
        await expect(pullHead(false)).rejects.toMatchObject(named);
      }
      expect(visibleState(fixture.targetPath)).toEqual(before);
      expect(listFiles(join(fixture.targetPath, 'objects'))).not.toContain(path);
      rmSync(place, { recursive: true, force: true });
      renameSync(`${place}.good`, place);
    }
    fsckClean(fixture.targetPath);
  },
);

test.each(['dirmeta', 'dirtree', 'filez'])(
  'a bad %s that lies in the target under the right name is refused and left to fsck',
  async (extension) => {
    const path = fresh.get(extension) as string;
    const bad = join(fixture.targetPath, 'objects', path);
    mkdirSync(join(bad, '..'), { recursive: true });
    writeFileSync(bad, 'left over');
    const object = `${path.replace('/', '').split('.')[0]}.${extension === 'filez' ? 'file' : extension}`;
    const refs = readFileSync(join(fixture.targetPath, 'refs/heads/os/main'), 'utf8');
    await expect(pullHead()).rejects.toMatchObject({
      code: 'ostree/object-corrupt',
      message: expect.stringContaining(fixture.targetPath),
      details: { object, path: fixture.targetPath },
    });
    expect(readFileSync(bad, 'utf8')).toBe('left over');
    expect(readFileSync(join(fixture.targetPath, 'refs/heads/os/main'), 'utf8')).toBe(refs);
    expect(listFiles(join(fixture.targetPath, 'state'))).toEqual([]);
    // Without hashing, an empty one and one of a wrong type are still found.
    writeFileSync(bad, '');
    await expect(pullHead(false)).rejects.toMatchObject({
      code: 'ostree/object-corrupt',
      details: { object },
    });
    rmSync(bad);
    symlinkSync('/etc/hostname', bad);
    await expect(pullHead(false)).rejects.toMatchObject({
      code: 'ostree/object-corrupt',
      details: { object },
    });
    rmSync(bad);
    await pullHead();
  },
);

test('a bad commit that lies in the target is refused too', async () => {
  const bad = objectFile(fixture.targetPath, head, 'commit');
  mkdirSync(join(bad, '..'), { recursive: true });
  writeFileSync(bad, 'left over');
  await expect(pullHead(false)).rejects.toMatchObject({
    code: 'ostree/object-corrupt',
    details: { object: `${head}.commit`, path: fixture.targetPath },
  });
});

test.each(['filez', 'dirtree', 'commit'])(
  'a %s that is replaced between check and link is noticed',
  async (extension) => {
    const path = join(fixture.sourcePath, 'objects', fresh.get(extension) as string);
    const fs = watchedFs(({ name, args }) => {
      if (name !== 'linkAt' || !String(args[1]).endsWith((fresh.get(extension) as string).slice(3))) return;
      renameSync(path, `${path}.good`);
      writeFileSync(path, 'something else');
    });
    const pulled = pull(fixture.openSource(), fixture.openTarget(fs), { commits: [head] });
    await expect(pulled).rejects.toMatchObject({ code: 'ostree/source-changed' });
    expect(readFileSync(join(fixture.targetPath, 'refs/heads/os/main'), 'utf8').trim()).toBe(old);
  },
);

test.each(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS'])(
  'a pull that meets %s at any step says so, and changes nothing',
  async (errno) => {
    const code = { ENOSPC: 'no-space', EDQUOT: 'no-space', EIO: 'io-failed', EROFS: 'repo-read-only' }[errno];
    const failingAt = (nth: number) => {
      let count = 0;
      return watchedFs((call) => {
        if (isEffect(call) && ++count === nth) throw systemError(errno, call.name);
      });
    };
    const pristine = `${fixture.targetPath}.pristine`;
    cpSync(fixture.targetPath, pristine, { recursive: true });
    let failures = 0;
    // Every call for a full disk; every seventh for the others, whose every call is in `nth-call.deep.test.ts`.
    const stride = errno === 'ENOSPC' ? 1 : 7;
    for (let nth = 1; ; nth += stride) {
      rmSync(fixture.targetPath, { recursive: true });
      cpSync(pristine, fixture.targetPath, { recursive: true });
      const pulled = pull(fixture.openSource(), fixture.openTarget(failingAt(nth)), { commits: [head] });
      const error = await pulled.then(
        () => null,
        (reason: unknown) => reason,
      );
      if (error === null) break;
      failures++;
      expect(error).toMatchObject({
        code: `ostree/${code}`,
        message: expect.stringContaining(fixture.targetPath),
      });
      expect(readFileSync(join(fixture.targetPath, 'refs/heads/os/main'), 'utf8').trim()).toBe(old);
      expect(listFiles(join(fixture.targetPath, 'tmp'))).toEqual([]);
      fsckClean(fixture.targetPath);
    }
    expect(failures).toBeGreaterThan(20 / stride);
    await pullHead();
    writeRefs(fixture.openTarget(), [{ ref: 'os/main', expected: old, to: head }]);
    fsckClean(fixture.targetPath);
  },
);
