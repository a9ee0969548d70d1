import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectPublishedOnce, lookAt } from './testing/invariants';
import { readPromotion } from './testing/local-worker';
import { workerSuite } from './testing/worker-suite';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
const suite = workerSuite();

/** More than any promotion here makes; the loop ends by itself. */
const callsMax = 2000;

/**
 * Kills the worker before its n-th call that changes a file system, for n = 1, 2, 3, … until a run gets through
 * unharmed (the "fail the Nth operation" loop). After each death the refs are the old or the new ones, and the
 * next worker finishes the run once.
 *
 * @param every 2 for every other call, and so on
 */
async function killAtEveryCall(refs: readonly string[], every = 1): Promise<number> {
  const { pipeline } = suite;
  for (let call = 1; call <= callsMax; call += every) {
    for (const ref of refs) pipeline.commit(ref, { 'etc/version': `${call}` });
    const requested = await pipeline.approve(refs);
    const was = lookAt(pipeline.target);
    const worker = suite.start({ TEST_FS_FAULT: `write:${call}` });
    while (worker.child.exitCode === null && worker.child.signalCode === null) {
      const isPublished = (await readPromotion(pipeline, requested)).state === 'published';
      if (isPublished && !existsSync(join(pipeline.target.path, '.treeline-journal'))) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await worker.stop();
    if (worker.child.signalCode !== 'SIGKILL') {
      await expectPublishedOnce(pipeline, requested);
      return call;
    }
    expectOldOrNew(was.refs, lookAt(pipeline.target).refs, requested.plan.refs);
    await suite.finish(requested);
    await expectPublishedOnce(pipeline, requested);
  }
  throw new Error(`a promotion makes more than ${callsMax} calls`);
}

function expectOldOrNew(
  was: string,
  is: string,
  moves: readonly { targetRef: string; expectedChecksum: string | null; resultingChecksum: string | null }[],
): void {
  let expected = was;
  for (const { targetRef, expectedChecksum, resultingChecksum } of moves) {
    if (!is.includes(`${targetRef}\t${resultingChecksum}`)) continue;
    expected = expected.replace(`${targetRef}\t${expectedChecksum}`, `${targetRef}\t${resultingChecksum}`);
  }
  expect(is).toBe(expected);
}

test('a worker killed at any of its changes is followed by one that finishes', async () => {
  await suite.begin();
  expect(await killAtEveryCall([a, b])).toBeGreaterThan(50);
}, 1_800_000);

test('the same with an overlap of signatures and both kinds of keys', async () => {
  await suite.begin({ overlapSeconds: 1, hasGpg: true });
  // Most calls are those of the test before.
  expect(await killAtEveryCall([a], 6)).toBeGreaterThan(50);
}, 1_800_000);
