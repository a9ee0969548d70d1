import { beforeAll, expect, test } from 'vitest';
import { buildTreeline } from '../../cli/testing/run-treeline';
import { raceForSummary, raceOnOneTarget, raceWithSource } from './fixtures/races';

let program: string;
beforeAll(async () => {
  program = await buildTreeline();
});

/** A short round of each; many in `races.deep.test.ts`. */
test('four pulls, two prunes and two commits of ostree’s on one target', async () => {
  await raceOnOneTarget(program, 2);
}, 120_000);

test('a source that is pruned and whose ref moves while it is pulled', async () => {
  expect(await raceWithSource(program, 'writable', 2)).toEqual({ pulls: 2, refused: 0 });
}, 120_000);

test('four writers of a summary at once leave a pair that matches', async () => {
  expect(await raceForSummary(program, 2)).toBe(0);
}, 120_000);
