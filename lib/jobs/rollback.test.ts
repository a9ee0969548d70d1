import { describe, expect, test } from 'vitest';
import { expectPublishedOnce, lookAt } from './testing/invariants';
import { readPromotion, runToEnd, startLocalWorker } from './testing/local-worker';
import { ostree, type Requested } from './testing/pipeline';
import { rollingBack } from './testing/rollback-plan';
import { runSuite, slow } from './testing/run-suite';
import { signerBut } from './testing/waiting-run';
import { until } from './testing/worker-process';
import { findWaits } from './waits/find-waits';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
const suite = runSuite();

/** Two stages, and what dev has is published. */
async function begin(): Promise<void> {
  await suite.begin();
  await runToEnd(suite.pipeline, await suite.pipeline.approve([a, b]));
}

const head = (ref: string) => suite.pipeline.headOf(suite.pipeline.target, ref) as string;
const holds = (ref: string) => suite.pipeline.db.hold.findMany({ where: { ref, activeKey: { not: null } } });
const eventsOf = async ({ number }: Requested, kind: string) =>
  (await suite.pipeline.db.auditEvent.findMany({ where: { promotionNumber: number, kind } })).map(
    ({ dataJson, ref }) => ({ ref, ...(JSON.parse(dataJson) as object) }),
  );

describe('a rollback', slow, () => {
  test('by reset sets the ref to the old commit itself; what comes next waits, but for another rollback', async () => {
    await begin();
    const { pipeline } = suite;
    const newer = head(a);
    const old = ostree('rev-parse', `--repo=${pipeline.target.path}`, `${a}^`).trim();
    const requested = await pipeline.approve([a], rollingBack(pipeline, 'reset'));
    await runToEnd(pipeline, requested);
    await expectPublishedOnce(pipeline, requested);
    expect(head(a)).toBe(old);
    expect(await holds(b)).toEqual([]);

    const next = await pipeline.approve([a]);
    const worker = startLocalWorker(pipeline);
    const promotion = await pipeline.db.promotion.findUniqueOrThrow({
      where: { id: next.promotionId },
      include: { edge: true },
    });
    expect(await findWaits(pipeline.db, promotion, new Date())).toMatchObject([
      {
        code: 'held',
        detail: expect.stringContaining(`since the rollback #${requested.number}`),
        until: null,
      },
    ]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await readPromotion(pipeline, next)).state).toBe('approved');
    await worker.stop();

    // Back to what was reset from: no ancestor of the head any more, but a promotion had published it here.
    const again = await pipeline.approve([a], rollingBack(pipeline, 'reset', { [a]: newer }));
    expect((await runToEnd(pipeline, again)).state).toBe('published');
    expect(head(a)).toBe(newer);
    expect(await holds(a)).toMatchObject([{ promotionNumber: again.number }]);
    expect(await eventsOf(requested, 'hold.lifted')).toMatchObject([
      { ref: a, reason: `#${again.number} took the place of #${requested.number}` },
    ]);
  });
});

describe('a hold', slow, () => {
  const hold = (ref: string, scope: 'every' | 'automatic') =>
    suite.pipeline.db.hold.create({
      data: {
        id: `${ref} ${scope}`,
        stageId: suite.pipeline.target.id,
        ref,
        scope,
        origin: 'hand',
        reason: 'because',
        setBy: 'manager',
        setAt: new Date(),
        activeKey: `${suite.pipeline.target.id}:${ref}:hand`,
      },
    });

  test('that is set while a run is under way puts it back before a ref moves, until it is lifted', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const was = lookAt(pipeline.target);
    const requested = await pipeline.approve([a]);
    const signer = signerBut(pipeline, (real) => ({
      async signCommit(...args) {
        await hold(a, 'every');
        return real.signCommit(...args);
      },
    }));
    const worker = startLocalWorker(pipeline, { signer });
    await until(
      () => worker.said.join('\n'),
      async () => (await eventsOf(requested, 'run.put-back')).length === 1,
    );
    expect(await eventsOf(requested, 'run.put-back')).toMatchObject([
      { step: 'update-refs', why: expect.stringContaining('is held in production by manager: because') },
    ]);
    expect(await readPromotion(pipeline, requested)).toMatchObject({
      state: 'approved',
      runs: [{ state: 'queued', activeKey: null }],
    });
    expect(lookAt(pipeline.target)).toEqual(was);
    await worker.stop();
    await pipeline.db.hold.updateMany({ data: { activeKey: null } });
    expect((await runToEnd(pipeline, requested)).state).toBe('published');
  });

  test('against automatic promotion alone lets others through, and an older choice sets one', async () => {
    await suite.begin();
    const { pipeline } = suite;
    await hold(a, 'automatic');
    const requested = await pipeline.approve([a, b]);
    await pipeline.db.promotionRef.updateMany({ where: { targetRef: b }, data: { isOlderChoice: true } });
    expect((await runToEnd(pipeline, requested)).state).toBe('published');
    expect(await holds(b)).toMatchObject([
      { scope: 'automatic', origin: 'older-choice', promotionNumber: requested.number, setBy: 'worker' },
    ]);
    expect(await holds(a)).toMatchObject([{ origin: 'hand' }]);
    expect(await eventsOf(requested, 'hold.set')).toMatchObject([{ ref: b, origin: 'older-choice' }]);
  });
});
