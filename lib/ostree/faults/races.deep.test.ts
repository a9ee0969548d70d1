import { beforeAll, describe, expect, test } from 'vitest';
import { buildTreeline } from '../../cli/testing/run-treeline';
import { pullWithFewDescriptors, raceForSummary, raceOnOneTarget, raceWithSource } from './fixtures/races';

let program: string;
beforeAll(async () => {
  program = await buildTreeline();
});

test('four pulls, two prunes and two commits of ostree’s on one target, forty times (F-12)', async () => {
  await raceOnOneTarget(program, 40);
});

describe('a source that is pruned and whose ref moves while it is pulled (F-09, F-11)', () => {
  test('its lock can be written: every pull succeeds', async () => {
    expect(await raceWithSource(program, 'writable', 20)).toEqual({ pulls: 20, refused: 0 });
  });

  // Only root can open a lock file for the one and not for the other.
  const isRoot = process.getuid?.() === 0;
  test.skipIf(!isRoot)('its lock can be read: that is as good (R-5)', async () => {
    expect(await raceWithSource(program, 'readable', 20)).toEqual({ pulls: 20, refused: 0 });
  });

  test.skipIf(!isRoot)('its lock cannot be had: a pull succeeds, or says what is missing', async () => {
    const counts = await raceWithSource(program, 'closed', 20);
    console.log('without the lock of the source', JSON.stringify(counts));
    expect(counts.pulls).toBe(20);
  });
});

test('four writers of a summary at once, 200 times: every pair matches (F-16)', async () => {
  expect(await raceForSummary(program, 200)).toBe(0);
});

test('with 64 descriptors, 20,000 objects are pulled (F-05)', async () => {
  expect(await pullWithFewDescriptors(program, 20_000, 64)).toEqual({ code: 0, stderr: '' });
});
