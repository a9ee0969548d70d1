import { describe, expect, test } from 'vitest';
import { watchedFs } from '../ostree/fixtures/faulty-fs';
import { expectClean, expectPublishedOnce, lookAt, terminalEvents } from './testing/invariants';
import { readPromotion, runToEnd } from './testing/local-worker';
import { longAgo, type Pipeline, type Requested } from './testing/pipeline';
import { runSuite, slow } from './testing/run-suite';
import { leaveRetrying, signerBut } from './testing/waiting-run';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
const suite = runSuite();

/** As the service notes it. */
async function ask({ db }: Pipeline, { runId }: Pick<Requested, 'runId'>): Promise<void> {
  await db.runCancel.create({
    data: { runId, askedBy: 'The manager', reason: 'wrong kernel', askedAt: new Date() },
  });
}

/** The run was cancelled in that step; nothing moved, nothing is left, and it is on record once. */
async function expectCancelled(requested: Requested, was: ReturnType<typeof lookAt>, step: string) {
  const { pipeline } = suite;
  const promotion = await readPromotion(pipeline, requested);
  expect(promotion.state).toBe('cancelled');
  expect(promotion.endedAt).not.toBeNull();
  expect(promotion.runs[0]).toMatchObject({
    state: 'cancelled',
    errorCode: 'cancelled',
    errorMessage: 'The manager cancelled it: wrong kernel',
    activeKey: null,
    leaseOwner: null,
    retryAt: null,
    committedAt: null,
  });
  expect(promotion.runs[0]?.steps.filter((each) => !['done', 'waiting'].includes(each.state))).toEqual([]);
  const where = { promotionNumber: requested.number, kind: 'run.cancelled' };
  const event = await pipeline.db.auditEvent.findFirstOrThrow({ where });
  expect(JSON.parse(event.dataJson)).toMatchObject({ step, why: expect.stringContaining('The manager') });
  expect(await terminalEvents(pipeline, requested)).toEqual(['run.cancelled']);
  expect(lookAt(pipeline.target)).toEqual(was);
  expectClean(pipeline.target);
}

describe('a run that is cancelled', slow, () => {
  test('before a worker has looked at it ends at once, and the next promotion goes through', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a, b]);
    const was = lookAt(pipeline.target);
    await ask(pipeline, requested);
    await runToEnd(pipeline, requested);
    await expectCancelled(requested, was, 'preflight');
    const next = await pipeline.approve([a, b]);
    await runToEnd(pipeline, next);
    await expectPublishedOnce(pipeline, next);
  });

  test('between steps stops before the next', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    const was = lookAt(pipeline.target);
    const signer = signerBut(pipeline, (real) => ({
      listKeys: async (of) => {
        await ask(pipeline, requested);
        return real.listKeys(of);
      },
    }));
    await runToEnd(pipeline, requested, { signer, pollMilliseconds: 60_000 });
    await expectCancelled(requested, was, 'preflight');
  });

  test('in the middle of a pull stops there, and leaves no mark and no temporary file', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const files = Array.from({ length: 200 }, (_, at) => [`usr/share/${at}`, String(at)]);
    pipeline.commit(a, Object.fromEntries(files));
    const requested = await pipeline.approve([a]);
    const was = lookAt(pipeline.target);
    let links = 0;
    // Slow enough for the worker to look in between.
    const fs = watchedFs((call) => {
      if (call.name !== 'linkAt') return;
      links += 1;
      if (links === 1) void ask(pipeline, requested);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    });
    await runToEnd(pipeline, requested, { fs });
    expect(links).toBeLessThan(200);
    await expectCancelled(requested, was, 'pull');
  });

  test('while the signer keeps it waiting does not wait', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    const was = lookAt(pipeline.target);
    const signCommit = async (_: unknown, signal?: AbortSignal) => {
      await ask(pipeline, requested);
      return new Promise<never>((_, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('told to stop')));
      });
    };
    await runToEnd(pipeline, requested, { signer: signerBut(pipeline, () => ({ signCommit })) });
    await expectCancelled(requested, was, 'sign-commits');
  });

  test('at the last moment, after the last look between steps, moves nothing', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    const was = lookAt(pipeline.target);
    let isAsked = false;
    const db = new Proxy(pipeline.db, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (name !== 'run') return value;
        return new Proxy(target.run, {
          get(run, method) {
            const real = Reflect.get(run, method) as (args: object) => Promise<unknown>;
            if (method !== 'updateMany') return real;
            // The claim is renewed once more right before the transaction that decides.
            return async (args: object) => {
              const { runId } = requested;
              const where = { runId, name: 'update-refs', state: 'running' };
              if (!isAsked && (await target.runStep.count({ where })) === 1) {
                isAsked = true;
                await ask(pipeline, requested);
              }
              return real.call(run, args);
            };
          },
        });
      },
    });
    await runToEnd(pipeline, requested, { db, pollMilliseconds: 60_000 });
    expect(isAsked).toBe(true);
    await expectCancelled(requested, was, 'update-refs');
  });

  test('ends as cancelled, whatever else would have stopped it', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a], undefined, longAgo());
    const was = lookAt(pipeline.target);
    await ask(pipeline, requested);
    await runToEnd(pipeline, requested);
    await expectCancelled(requested, was, 'preflight');
  });
});

test('a run whose refs have moved goes forward, whatever a row says', slow, async () => {
  await suite.begin();
  const { pipeline } = suite;
  const requested = await leaveRetrying(pipeline, [a]);
  await ask(pipeline, requested);
  await runToEnd(pipeline, requested);
  await expectPublishedOnce(pipeline, requested);
});
