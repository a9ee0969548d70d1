import { cpSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { crashingFs, InjectedCrash } from '../fixtures/faulty-fs';
import { fsckClean, PullFixture } from '../fixtures/pull-fixture';
import type { Checksum } from '../format/checksum';
import { openRepo } from '../repo/open-repo';
import { resolveRef } from '../repo/resolve-rev';
import { writeRefs } from '../write/write-refs';
import { pull } from './pull';

let fixture: PullFixture;
let old: Checksum;
let head: Checksum;
beforeEach(async () => {
  fixture = new PullFixture();
  old = fixture.commit();
  await pull(fixture.openSource(), fixture.openTarget(), { commits: [old] });
  writeRefs(fixture.openTarget(), [{ ref: 'os/main', expected: null, to: old }]);
  fixture.write('etc/config', 'version=2\n');
  fixture.write('usr/bin/other', 'another tool');
  head = fixture.commit();
});
afterEach(() => fixture.remove());

test.each(['hardlink', 'copy'] as const)(
  'a process that dies at any effect of a pull (%s) leaves a valid target, and the next one completes it',
  async (isolation) => {
    const pristine = `${fixture.targetPath}.pristine`;
    cpSync(fixture.targetPath, pristine, { recursive: true });
    let isThrough = false;
    for (let nth = 1; !isThrough; nth++) {
      rmSync(fixture.targetPath, { recursive: true });
      cpSync(pristine, fixture.targetPath, { recursive: true });
      const fs = crashingFs(nth);
      try {
        const target = openRepo(fixture.targetPath, { fs });
        await pull(fixture.openSource(), target, { commits: [head], isolation });
        writeRefs(target, [{ ref: 'os/main', expected: old, to: head }]);
        isThrough = true;
      } catch (error) {
        expect(error).toBeInstanceOf(InjectedCrash);
      }
      // Whatever the ref says is whole.
      fsckClean(fixture.targetPath);
      const target = fixture.openTarget();
      const now = resolveRef(target, 'os/main');
      expect([old, head]).toContain(now);
      await pull(fixture.openSource(), target, { commits: [head], trustedHeads: [old], isolation });
      writeRefs(target, [{ ref: 'os/main', expected: now, to: head }]);
      fsckClean(fixture.targetPath);
      expect(nth).toBeLessThan(2000);
    }
  },
  300_000,
);
