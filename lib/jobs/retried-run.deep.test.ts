import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '../clock';
import { expectPublishedOnce, lookAt, terminalEvents } from './testing/invariants';
import { readPromotion, runToEnd, startLocalWorker } from './testing/local-worker';
import { runSuite, slow } from './testing/run-suite';
import { gone, leaveRetrying, signerBut, stateOf, waitFor } from './testing/waiting-run';
import { until } from './testing/worker-process';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
const suite = runSuite();

describe('a signer that is away', slow, () => {
  test('before the refs are moved is waited for', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    await suite.stopSigner();
    const worker = startLocalWorker(pipeline);
    await waitFor(pipeline, requested, worker.said, (run) => stateOf(run, 'sign-commits') === 'running');
    expect(pipeline.headOf(pipeline.target, a)).toBe(requested.plan.refs[0]?.expectedChecksum);
    await suite.startSigner();
    await waitFor(pipeline, requested, worker.said, (run) => run.state === 'done');
    await worker.stop();
    await expectPublishedOnce(pipeline, requested);
  });

  test('after the refs were moved makes the step retry, and the run finishes when it is back', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await leaveRetrying(pipeline, [a]);
    const { state, runs } = await readPromotion(pipeline, requested);
    expect(state).toBe('running');
    expect(runs[0]).toMatchObject({
      state: 'running',
      errorCode: 'signer-unreachable',
      leaseOwner: null,
      activeKey: pipeline.target.id,
    });
    expect(pipeline.headOf(pipeline.target, a)).toBe(requested.plan.refs[0]?.resultingChecksum);
    expect(await terminalEvents(pipeline, requested)).toEqual([]);
    await runToEnd(pipeline, requested);
    await expectPublishedOnce(pipeline, requested);
  });

  test('holds up other promotions into the stage, and those come after it', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await leaveRetrying(pipeline, [a]);
    const other = await pipeline.approve([b]);
    const waiting = startLocalWorker(pipeline, {
      signer: signerBut(pipeline, () => ({ signSummary: gone })),
    });
    await waitFor(pipeline, requested, waiting.said, (run) => run.fencingToken >= 2 && run.retryAt !== null);
    expect((await readPromotion(pipeline, other)).runs[0]?.state).toBe('queued');
    await waiting.stop();
    await runToEnd(pipeline, other);
    await expectPublishedOnce(pipeline, requested);
    await expectPublishedOnce(pipeline, other);
  });
});

describe('a worker that loses its run', slow, () => {
  test('while it waits for the signer changes nothing any more', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    const was = lookAt(pipeline.target);
    let letGo: () => void = () => undefined;
    const hold = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const signer = signerBut(pipeline, (real) => ({
      signCommit: async (of) => {
        await hold;
        return real.signCommit(of);
      },
    }));
    const worker = startLocalWorker(pipeline, { signer });
    await waitFor(pipeline, requested, worker.said, (run) => stateOf(run, 'sign-commits') === 'running');
    // As if another had taken it up: a later token, another owner, and nothing that this one may still do.
    await pipeline.db.run.updateMany({
      data: { fencingToken: 7, leaseOwner: 'other', retryAt: new Date(Date.now() + 3_600_000) },
    });
    letGo();
    await until(
      () => worker.said.join('\n'),
      async () => worker.said.some((line) => line.includes('the run stopped')),
    );
    await worker.stop();
    expect(lookAt(pipeline.target)).toEqual(was);
    expect(existsSync(join(pipeline.target.path, '.treeline-journal'))).toBe(false);
    const [run] = (await readPromotion(pipeline, requested)).runs;
    expect(run).toMatchObject({ state: 'running', fencingToken: 7, leaseOwner: 'other', errorCode: null });
    expect(await terminalEvents(pipeline, requested)).toEqual([]);
    await pipeline.db.run.updateMany({ data: { retryAt: null } });
    await runToEnd(pipeline, requested);
    await expectPublishedOnce(pipeline, requested);
  });

  test('because it is told to stop gives it back before the commit point', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    const was = lookAt(pipeline.target);
    await suite.stopSigner();
    const worker = startLocalWorker(pipeline);
    await waitFor(pipeline, requested, worker.said, (run) => stateOf(run, 'sign-commits') === 'running');
    await worker.stop();
    expect(lookAt(pipeline.target)).toEqual(was);
    const [run] = (await readPromotion(pipeline, requested)).runs;
    expect(run).toMatchObject({ state: 'running', leaseOwner: null, retryAt: null, errorCode: null });
    await suite.startSigner();
    await runToEnd(pipeline, requested);
    await expectPublishedOnce(pipeline, requested);
  });
});

describe('a run that has to wait', slow, () => {
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
  /** By this clock it has to wait; by the signer's, as by the real one, it may begin. */
  const behind = { now: () => hoursAgo(1) };
  const begin = async (ref: string) => {
    await suite.begin();
    const { pipeline } = suite;
    const notBefore = hoursAgo(0.5).toISOString();
    const requested = await pipeline.approve([ref], (plan) => ({ ...plan, notBefore }), hoursAgo(2));
    return { pipeline, requested };
  };

  test('stays queued, holds up nobody, and runs when it is time', async () => {
    const { pipeline, requested } = await begin(a);
    const other = await pipeline.approve([b], undefined, hoursAgo(2));
    await runToEnd(pipeline, other, { clock: behind });
    await expectPublishedOnce(pipeline, other);
    const [run] = (await readPromotion(pipeline, requested)).runs;
    expect(run).toMatchObject({ state: 'queued', activeKey: null, fencingToken: 0, startedAt: null });
    const { number: promotionNumber } = requested;
    expect(await pipeline.db.auditEvent.count({ where: { promotionNumber, kind: 'run.claimed' } })).toBe(0);
    await runToEnd(pipeline, requested);
    await expectPublishedOnce(pipeline, requested);
  });

  test.each(['a freeze that begins', 'an override that is taken back'])(
    'for %s right before the refs would move is queued again as if nobody had begun it',
    async (what) => {
      await suite.begin();
      const { pipeline } = suite;
      const { db } = pipeline;
      const requested = await pipeline.approve([a]);
      const was = lookAt(pipeline.target);
      const [startWall, endWall] = [-1, 1].map((hours) => hoursAgo(-hours).toISOString().slice(0, 16));
      const by = { createdBy: 'admin', createdAt: new Date() };
      const freeze = () =>
        db.freezeWindow.create({
          data: {
            id: 'freeze',
            name: 'Year end',
            reason: 'nobody is there',
            stageId: pipeline.target.id,
            startWall: startWall as string,
            endWall: endWall as string,
            timeZone: 'UTC',
            ...by,
          },
        });
      const isOverride = what === 'an override that is taken back';
      if (isOverride) {
        await freeze();
        const [from, to] = [startWall, endWall].map((wall) => Date.parse(`${wall}Z`));
        const windowsJson = JSON.stringify([{ id: 'freeze', version: 1, name: 'Year end', from, to }]);
        const { id: promotionId, planChecksum } = await db.promotion.findUniqueOrThrow({
          where: { id: requested.promotionId },
        });
        const reason = 'the fix for all devices';
        await db.freezeOverride.create({
          data: { id: 'override', promotionId, planChecksum, windowsJson, reason, ...by },
        });
      }
      const signer = signerBut(pipeline, (real) => ({
        signCommit: async (...of) => {
          const signatures = await real.signCommit(...of);
          if (isOverride) await db.freezeOverride.updateMany({ data: { withdrawnAt: new Date() } });
          else await freeze();
          return signatures;
        },
      }));
      const worker = startLocalWorker(pipeline, { signer });
      const { number: promotionNumber } = requested;
      const putBack = { where: { promotionNumber, kind: 'run.put-back' } };
      await until(
        () => worker.said.join('\n'),
        async () => (await db.auditEvent.count(putBack)) > 0,
      );
      await worker.stop();
      const { state, runs } = await readPromotion(pipeline, requested);
      expect(state).toBe('approved');
      expect(runs).toHaveLength(1);
      expect(runs[0]).toMatchObject({
        state: 'queued',
        activeKey: null,
        leaseOwner: null,
        committedAt: null,
        startedAt: null,
        errorCode: null,
      });
      expect(new Set(runs[0]?.steps.map((step) => step.state))).toEqual(new Set(['waiting']));
      expect(lookAt(pipeline.target)).toEqual(was);
      expect(existsSync(join(pipeline.target.path, '.treeline-journal'))).toBe(false);
      const [event] = await db.auditEvent.findMany(putBack);
      expect(JSON.parse(event?.dataJson ?? '')).toMatchObject({
        step: 'update-refs',
        why: `production is frozen by Year end, until ${endWall}:00Z`,
      });
      await db.freezeWindow.updateMany({ data: { removedAt: new Date() } });
      await runToEnd(pipeline, requested);
      await expectPublishedOnce(pipeline, requested);
      expect(await db.auditEvent.count(putBack)).toBe(1);
    },
  );

  test('is past waiting once a ref has moved', async () => {
    const { pipeline, requested } = await begin(a);
    let clock: Clock = systemClock;
    const signer = signerBut(pipeline, (real) => ({
      signSummary: (...of) => {
        clock = behind;
        return real.signSummary(...of);
      },
    }));
    await runToEnd(pipeline, requested, { signer, clock: { now: () => clock.now() } });
    await expectPublishedOnce(pipeline, requested);
  });
});

test('a folder of a journal that was never begun is cleared away', slow, async () => {
  await suite.begin();
  const { pipeline } = suite;
  mkdirSync(join(pipeline.target.path, '.treeline-journal'));
  const requested = await pipeline.approve([a]);
  await runToEnd(pipeline, requested);
  await expectPublishedOnce(pipeline, requested);
});
