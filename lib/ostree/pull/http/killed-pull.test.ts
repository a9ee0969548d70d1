import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { KilledPull } from '../../fixtures/killed-pull';
import { fsckClean, listFiles } from '../../fixtures/pull-fixture';
import { openRepo } from '../../repo/open-repo';
import { resolveRef } from '../../repo/resolve-rev';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const CONNECTIONS = 4;
const killed = new KilledPull();
beforeAll(() => killed.start(60));
afterAll(() => killed.stop());

test('after kill -9 the next pull asks for hardly anything twice, and leaves nothing temporary', async () => {
  const all = (await killed.run(killed.newTarget(), null)).requests.length;
  const target = killed.newTarget();
  const first = await killed.run(target, Math.floor(all * 0.8));
  expect(first.code).toBeNull();
  fsckClean(target);
  const repo = openRepo(target);
  expect(resolveRef(repo, 'os/main')).toBeNull();
  const second = await killed.run(target, null);
  expect(second.code).toBe(0);
  expect(resolveRef(repo, 'os/main')).toBe(killed.head);
  repo.close();
  fsckClean(target);
  for (const name of ['tmp', 'state']) expect(listFiles(join(target, name))).toEqual([]);
  // Detached metadata may be new each time; of the rest, what was under way when the process died.
  const objects = (requests: string[]) =>
    requests.filter((path) => path.startsWith('objects/') && !path.endsWith('meta'));
  const before = new Set(objects(first.requests));
  const twice = objects(second.requests).filter((path) => before.has(path.replace(/#.*/, '')));
  expect(before.size).toBeGreaterThan(40);
  expect(twice.length).toBeLessThanOrEqual(2 * CONNECTIONS);
});
