import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fsckClean, listFiles, ostree, PullFixture, visibleState } from '../fixtures/pull-fixture';
import type { Checksum } from '../format/checksum';
import { openRepo } from '../repo/open-repo';
import { writeRefs } from '../write/write-refs';
import { pull } from './pull';

const isRoot = process.getuid?.() === 0;

/** A real file system of one MiB says ENOSPC where only the kernel would say it. Mounting one needs root. */
const whenRoot = isRoot ? test : () => undefined;
whenRoot(
  'a full disk stops a pull, leaves the target valid, and the pull works when there is room',
  async () => {
    const fixture = new PullFixture();
    const mount = join(fixture.folder, 'small');
    mkdirSync(mount);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mount]);
    try {
      const path = join(mount, 'target');
      fixture.init(path);
      writeFileSync(
        join(path, 'config'),
        '[core]\nrepo_version=1\nmode=archive-z2\nmin-free-space-percent=0\n',
      );
      const first = fixture.commit();
      const target = openRepo(path);
      expect(await pull(fixture.openSource(), target, { commits: [first] })).toMatchObject({
        objectsLinked: 0,
      });
      writeRefs(target, [{ ref: 'os/main', expected: null, to: first }]);
      for (let n = 0; n < 6; n++) fixture.write(`usr/share/big${n}`, randomBytes(100_000));
      const second = fixture.commit();
      const ballast = join(mount, 'ballast');
      const before = visibleState(path);
      // Filled to a different point each time, so that it runs out at a different step.
      for (let free = 16; free < 600; free += 48) {
        writeFileSync(ballast, Buffer.alloc(0));
        const { blocksFree, blockSizeBytes } = target.fs.statfs(mount);
        writeFileSync(ballast, Buffer.alloc(Math.max(0, blocksFree * blockSizeBytes - free * 1024)));
        const error = await attempt(fixture, path, second);
        expect(error).toMatchObject({ code: 'ostree/no-space' });
        expect(visibleState(path)).toEqual(before);
        fsckClean(path);
        ostree('prune', '--refs-only', `--repo=${path}`);
      }
      writeFileSync(ballast, Buffer.alloc(0));
      expect(await attempt(fixture, path, second)).toBeNull();
      writeRefs(target, [{ ref: 'os/main', expected: first, to: second }]);
      fsckClean(path);
      expect(listFiles(join(path, 'tmp'))).toEqual([]);
      target.close();
    } finally {
      // Lazily, since after a failure the test may still have it open.
      execFileSync('umount', ['--lazy', mount]);
      fixture.remove();
    }
  },
);

/** Copies past the check of free space, which another writer may have made out of date. */
async function attempt(fixture: PullFixture, path: string, commit: Checksum): Promise<unknown> {
  const target = openRepo(path);
  const { statfs } = target.fs;
  const roomy = {
    ...target.fs,
    statfs: (at: string) => ({ ...statfs(at), blocksFree: 1e9, blocksAvailable: 1e9 }),
  };
  try {
    await pull(fixture.openSource(), { ...target, fs: roomy }, { commits: [commit] });
    return null;
  } catch (error) {
    return error;
  } finally {
    target.close();
  }
}
