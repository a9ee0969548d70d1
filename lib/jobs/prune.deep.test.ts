import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { expectPublishedOnce } from './testing/invariants';
import { runToEnd } from './testing/local-worker';
import { runSuite } from './testing/run-suite';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
const suite = runSuite();

/** `ostree prune` over and over on one repository, as a careless cron job would. */
function pruneForEver(path: string): ChildProcess {
  const script = 'while :; do ostree prune --refs-only --repo="$1" >/dev/null 2>&1; sleep 0.02; done';
  return spawn('sh', ['-c', script, 'sh', path], { stdio: 'ignore' });
}

test('sixty promotions while both repositories are pruned all the time', async () => {
  await suite.begin({ fileCount: 200 });
  const { pipeline } = suite;
  const pruning = [pruneForEver(pipeline.source.path), pruneForEver(pipeline.target.path)];
  try {
    for (let round = 1; round <= 60; round += 1) {
      const files = Object.fromEntries([1, 2, 3].map((at) => [`usr/lib/file-${at}`, `round ${round} ${at}`]));
      for (const ref of [a, b]) pipeline.commit(ref, files);
      const requested = await pipeline.approve([a, b]);
      const promotion = await runToEnd(pipeline, requested);
      expect(promotion.runs[0]?.errorMessage).toBeNull();
      expect(promotion.state).toBe('published');
      if (round === 60) {
        for (const child of pruning) child.kill('SIGTERM');
        await Promise.all(pruning.map((child) => child.exitCode ?? once(child, 'exit')));
        // The last prune of a killed loop may still be running.
        await new Promise((resolve) => setTimeout(resolve, 2000));
        await expectPublishedOnce(pipeline, requested);
      }
    }
  } finally {
    for (const child of pruning) child.kill('SIGKILL');
  }
}, 1_200_000);
