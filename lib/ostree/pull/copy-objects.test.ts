import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { systemError, watchedFs } from '../fixtures/faulty-fs';
import { listFiles, PullFixture, visibleState } from '../fixtures/pull-fixture';
import type { Checksum } from '../format/checksum';
import type { RepoMode } from '../format/object-path';
import { getPathXattr } from '../native/xattrs';
import { readCommit } from '../repo/read-commit';
import { pull } from './pull';

let fixture: PullFixture;
let head: Checksum;
afterEach(() => fixture.remove());

/** A source of that mode, and the path of one of its content objects. */
function prepare(mode: RepoMode): { path: string; checksum: string } {
  fixture = new PullFixture(mode);
  head = fixture.commit('os/main', '--canonical-permissions');
  const checksum = fixture.checksumOf(head, '/etc/config');
  const name = listFiles(join(fixture.sourcePath, 'objects')).find((one) =>
    one.startsWith(`${checksum.slice(0, 2)}/${checksum.slice(2)}.file`),
  );
  return { path: join(fixture.sourcePath, 'objects', name ?? ''), checksum };
}

function copyHead(verifyObjects = true) {
  return pull(fixture.openSource(), fixture.openTarget(), {
    commits: [head],
    isolation: 'copy',
    verifyObjects,
  });
}

const damages: Record<string, (path: string) => void> = {
  missing: (path) => rmSync(path),
  'a symlink': (path) => {
    renameSync(path, `${path}.moved`);
    symlinkSync(`${path}.moved`, path);
  },
  'a fifo': (path) => {
    rmSync(path);
    execFileSync('mkfifo', [path]);
  },
  'a directory': (path) => {
    rmSync(path);
    mkdirSync(path);
  },
};

test.each([
  ['missing', 'object-missing', 'is missing from'],
  ['a symlink', 'object-corrupt', 'it is a symlink'],
  ['a fifo', 'object-corrupt', 'it is not a regular file'],
  ['a directory', 'object-corrupt', 'it is not a regular file'],
])('an object of the source that is %s is not copied but named', async (what, code, why) => {
  const { path, checksum } = prepare('archive');
  damages[what]?.(path);
  const before = visibleState(fixture.targetPath);
  for (const verifyObjects of [true, false]) {
    await expect(copyHead(verifyObjects)).rejects.toMatchObject({
      code: `ostree/${code}`,
      message: expect.stringContaining(why),
      details: { object: `${checksum}.file`, path: fixture.sourcePath },
    });
    expect(visibleState(fixture.targetPath)).toEqual(before);
  }
});

test('metadata that becomes a symlink before it is copied is refused, though bare repositories have symlinks', async () => {
  prepare('bare-user-only');
  const { rootDirmeta } = readCommit(fixture.openSource(), head);
  const path = join(
    fixture.sourcePath,
    'objects',
    rootDirmeta.slice(0, 2),
    `${rootDirmeta.slice(2)}.dirmeta`,
  );
  damages['a symlink']?.(path);
  await expect(copyHead(false)).rejects.toMatchObject({
    code: 'ostree/object-corrupt',
    message: `${rootDirmeta}.dirmeta in ${fixture.sourcePath} is damaged: it is a symlink`,
  });
});

test('a disk that fails while an object of the source is opened ends the pull', async () => {
  const { checksum } = prepare('archive');
  const fs = watchedFs(({ name, args }) => {
    if (name === 'open' && String(args[0]).includes(checksum.slice(2))) throw systemError('EIO', name);
  });
  const pulled = pull(fixture.openSource(fs), fixture.openTarget(), { commits: [head], isolation: 'copy' });
  await expect(pulled).rejects.toMatchObject({ code: 'ostree/io-failed', details: { errno: 'EIO' } });
});

test('a copy of an object that has lost its attribute is found to be bad, hashed or not at all', async () => {
  const { path, checksum } = prepare('bare-user');
  copyFileSync(path, `${path}.plain`);
  renameSync(`${path}.plain`, path);
  expect(getPathXattr(path, 'user.ostreemeta')).toBeNull();
  await expect(copyHead()).rejects.toMatchObject({
    code: 'ostree/object-corrupt',
    message: expect.stringContaining(`${checksum}.file in `),
  });
});
