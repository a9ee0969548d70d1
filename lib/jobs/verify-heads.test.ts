import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expectPublishedOnce } from './testing/invariants';
import { readPromotion, runToEnd, startLocalWorker } from './testing/local-worker';
import { objectOf, ostree } from './testing/pipeline';
import { runSuite, slow } from './testing/run-suite';
import { until } from './testing/worker-process';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
const suite = runSuite();

const verifiedRefs = async () => {
  const rows = await suite.pipeline.db.ledgerRef.findMany({
    where: { verifiedAt: { not: null } },
    orderBy: { ref: 'asc' },
  });
  return rows.map((row) => row.ref);
};
const linesOf = async (requested: Parameters<typeof readPromotion>[1], step: string) => {
  const { runs } = await readPromotion(suite.pipeline, requested);
  const progress = runs.at(-1)?.steps.find((each) => each.name === step)?.progressJson ?? '{}';
  return (JSON.parse(progress) as { lines: string[] }).lines.join('\n');
};

describe('adopted heads', slow, () => {
  test('are verified while nothing is to be promoted, and trusted from then on', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const worker = startLocalWorker(pipeline);
    await until(
      () => worker.said.join('\n'),
      async () => (await verifiedRefs()).length === 2,
    );
    await worker.stop();
    const requested = await pipeline.approve([a]);
    await runToEnd(pipeline, requested);
    await expectPublishedOnce(pipeline, requested);
    expect(await linesOf(requested, 'pull')).toContain(' 0 there already');
  });

  test('are not trusted before: what the new commit shares with them is checked', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    await runToEnd(pipeline, requested);
    expect(await linesOf(requested, 'pull')).toMatch(/ [1-9]\d* there already/);
  });

  test('that are damaged are said to be so, and a promotion onto them names the object', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const head = pipeline.headOf(pipeline.target, a) as string;
    const line = ostree('ls', '-C', `--repo=${pipeline.target.path}`, head, '/usr/lib/file-0');
    const checksum = /[0-9a-f]{64}/.exec(line)?.[0] as string;
    const path = objectOf(pipeline.target.path, checksum, 'filez');
    const bytes = readFileSync(path);
    bytes[bytes.length - 3] = (bytes[bytes.length - 3] as number) ^ 1;
    rmSync(path);
    writeFileSync(path, bytes);
    const worker = startLocalWorker(pipeline);
    await until(
      () => worker.said.join('\n'),
      async () => (await verifiedRefs()).includes(b),
    );
    await worker.stop();
    expect(await verifiedRefs()).toEqual([b]);
    expect(worker.said.join('\n')).toContain(checksum);
    const requested = await pipeline.approve([a]);
    const { runs, state } = await runToEnd(pipeline, requested);
    expect(state).toBe('failed');
    expect(runs[0]?.errorMessage).toContain(checksum);
  });

  test('that came over an edge that hashes nothing are verified like adopted ones', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a], (plan) => ({ ...plan, verifyObjects: false }));
    const worker = startLocalWorker(pipeline);
    await until(
      () => worker.said.join('\n'),
      async () => (await readPromotion(pipeline, requested)).state === 'published',
    );
    const row = await pipeline.db.ledgerRef.findFirstOrThrow({ where: { ref: a } });
    expect(row).toMatchObject({ origin: 'promotion', checksum: requested.plan.refs[0]?.resultingChecksum });
    await until(
      () => worker.said.join('\n'),
      async () => (await verifiedRefs()).length === 2,
    );
    await worker.stop();
  });
});
