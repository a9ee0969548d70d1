import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KilledPull } from '../../fixtures/killed-pull';
import { fsckClean, listFiles } from '../../fixtures/pull-fixture';
import { fsckRepo } from '../../repo/fsck-repo';
import { openRepo } from '../../repo/open-repo';
import { resolveRef } from '../../repo/resolve-rev';

const killed = new KilledPull();
beforeAll(() => killed.start(60));
afterAll(() => killed.stop());

async function expectValid(target: string, heads: (string | null)[]): Promise<void> {
  fsckClean(target);
  const repo = openRepo(target);
  expect(heads).toContain(resolveRef(repo, 'os/main'));
  expect((await fsckRepo(repo)).problems).toEqual([]);
  repo.close();
}

test('killed at any request, a pull leaves a valid target, and the next one completes it (F-01, F-25)', async () => {
  const all = (await killed.run(killed.newTarget(), null)).requests.length;
  expect(all).toBeGreaterThan(70);
  for (let nth = 1; nth <= all; nth++) {
    const target = killed.newTarget();
    expect((await killed.run(target, nth)).code).toBeNull();
    await expectValid(target, [null]);
    expect((await killed.run(target, null)).code).toBe(0);
    await expectValid(target, [killed.head]);
    for (const name of ['tmp', 'state']) expect(listFiles(join(target, name))).toEqual([]);
  }
});
