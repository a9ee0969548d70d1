import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { retiredRefs } from '../db/retirement';
import { expectClean, expectSignedSummary, terminalEvents } from './testing/invariants';
import { runToEnd, startLocalWorker } from './testing/local-worker';
import { objectOf, ostree } from './testing/pipeline';
import { removing } from './testing/removal-plan';
import { runSuite, slow } from './testing/run-suite';
import { until } from './testing/worker-process';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
const suite = runSuite();

test(
  'a removal publishes the summary without the ref, then deletes the ref, and its commits once the grace is over',
  slow,
  async () => {
    await suite.begin();
    const { pipeline } = suite;
    const { db, target } = pipeline;
    await runToEnd(pipeline, await pipeline.approve([a, b]));
    const head = pipeline.headOf(target, b) as string;
    const old = ostree('rev-parse', `--repo=${target.path}`, `${b}^`).trim();
    const requested = await pipeline.approve([b], removing(pipeline));
    const { state, runs } = await runToEnd(pipeline, requested);
    expect({ state, steps: runs[0]?.steps.map((step) => `${step.name} ${step.state}`) }).toEqual({
      state: 'published',
      steps: ['preflight done', 'summary done', 'publish done', 'update-refs done', 'probe done'],
    });
    expect(await terminalEvents(pipeline, requested)).toEqual(['run.published']);
    expect(pipeline.headOf(target, b)).toBeNull();
    expect(ostree('summary', '-v', `--repo=${target.path}`)).not.toContain(b);
    await expectSignedSummary(target);
    expectClean(target);
    expect(await db.ledgerRef.count({ where: { stageId: target.id, ref: b } })).toBe(0);
    expect(await db.hold.findMany({ where: { ref: b } })).toMatchObject([
      { scope: 'automatic', origin: 'removal', promotionNumber: requested.number },
    ]);
    const [retirement] = await db.retirement.findMany();
    expect(retirement).toMatchObject({ state: 'waiting', promotionNumber: requested.number });
    expect(retirement && retiredRefs(retirement)).toEqual([{ ref: b, checksum: head }]);
    expect(retirement && retirement.dueAt.getTime() - retirement.removedAt.getTime()).toBe(24 * 3_600_000);
    // Clients that began with the old summary finish.
    for (const commit of [head, old]) expect(existsSync(objectOf(target.path, commit, 'commit'))).toBe(true);
    // A worker that looks at stages sees nothing that differs.
    const onlooker = startLocalWorker(pipeline, { lookMilliseconds: 10 });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await onlooker.stop();
    expect(await db.auditEvent.count({ where: { kind: 'stage.differs' } })).toBe(0);

    await db.retirement.updateMany({ data: { dueAt: new Date() } });
    const worker = startLocalWorker(pipeline);
    await until(
      () => worker.said.join('\n'),
      async () => (await db.retirement.count({ where: { state: 'done' } })) === 1,
    );
    await worker.stop();
    for (const commit of [head, old]) expect(existsSync(objectOf(target.path, commit, 'commit'))).toBe(false);
    expectClean(target);
    await expectSignedSummary(target);
    expect(ostree('ls', '-R', `--repo=${target.path}`, `${a}^`)).toContain('/etc/version');
    const done = await db.auditEvent.findFirstOrThrow({ where: { kind: 'retirement.done' } });
    expect(JSON.parse(done.dataJson)).toMatchObject({ commits: 2, kept: 0, deltas: 0 });
    expect(Number(JSON.parse(done.dataJson).objects)).toBeGreaterThan(2);

    // It may come back.
    const again = await pipeline.approve([b]);
    expect((await runToEnd(pipeline, again)).state).toBe('published');
    expectClean(target);
  },
);
