import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AppError } from '../errors';
import { connectSigner, type SignerClient } from '../signer/client';
import {
  expectClean,
  expectPublishedOnce,
  expectSignedSummary,
  lookAt,
  terminalEvents,
} from './testing/invariants';
import { readPromotion, runToEnd, startLocalWorker } from './testing/local-worker';
import { ostree, type Pipeline, type Requested } from './testing/pipeline';
import { runSuite, slow } from './testing/run-suite';
import { until } from './testing/worker-process';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
const suite = runSuite();

/** The real signer, but for what `change` puts in its place. */
function signerBut({ home }: Pipeline, change: (real: SignerClient) => Partial<SignerClient>): SignerClient {
  const real = connectSigner(home.signerSocket, { timeoutMilliseconds: 10_000 });
  return { ...real, ...change(real) };
}

const gone = () => Promise.reject(new AppError('signer-unreachable', 'the signer is gone'));

function waitFor(requested: Requested, said: string[], isSo: (run: RunNow) => boolean): Promise<RunNow> {
  return until(
    () => said.join('\n'),
    async () => {
      const [run] = (await readPromotion(suite.pipeline, requested)).runs;
      return run !== undefined && isSo(run) && run;
    },
  );
}
type RunNow = Awaited<ReturnType<typeof readPromotion>>['runs'][number];

const stateOf = (run: RunNow, step: string) => run.steps.find((each) => each.name === step)?.state;

/** Brings a run past its commit point, where it waits to have its summary signed. */
async function leaveRetrying(refs: readonly string[] = [a]): Promise<Requested> {
  const { pipeline } = suite;
  const requested = await pipeline.approve(refs);
  const worker = startLocalWorker(pipeline, { signer: signerBut(pipeline, () => ({ signSummary: gone })) });
  await waitFor(
    requested,
    worker.said,
    (run) => stateOf(run, 'summary') === 'retrying' && run.retryAt !== null,
  );
  await worker.stop();
  return requested;
}

describe('a signer that is away', slow, () => {
  test('before the refs are moved is waited for', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    await suite.stopSigner();
    const worker = startLocalWorker(pipeline);
    await waitFor(requested, worker.said, (run) => stateOf(run, 'sign-commits') === 'running');
    expect(pipeline.headOf(pipeline.target, a)).toBe(requested.plan.refs[0]?.expectedChecksum);
    await suite.startSigner();
    await waitFor(requested, worker.said, (run) => run.state === 'done');
    await worker.stop();
    await expectPublishedOnce(pipeline, requested);
  });

  test('after the refs were moved makes the step retry, and the run finishes when it is back', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await leaveRetrying();
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
    const requested = await leaveRetrying();
    const other = await pipeline.approve([b]);
    const waiting = startLocalWorker(pipeline, {
      signer: signerBut(pipeline, () => ({ signSummary: gone })),
    });
    await waitFor(requested, waiting.said, (run) => run.fencingToken >= 2 && run.retryAt !== null);
    expect((await readPromotion(pipeline, other)).runs[0]?.state).toBe('queued');
    await waiting.stop();
    await runToEnd(pipeline, other);
    await expectPublishedOnce(pipeline, requested);
    await expectPublishedOnce(pipeline, other);
  });
});

describe('past the commit point', slow, () => {
  test('a run whose journal was removed by hand goes forward, and is recorded once', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await leaveRetrying();
    rmSync(join(pipeline.target.path, '.treeline-journal'), { recursive: true });
    await runToEnd(pipeline, requested);
    await expectPublishedOnce(pipeline, requested);
  });

  test('a run that was published but for the record is recorded, and not published again', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    await runToEnd(pipeline, requested);
    const was = lookAt(pipeline.target);
    // As a database is that was brought back from before the record; the log of events can't go back.
    await pipeline.db.run.updateMany({
      data: { state: 'running', endedAt: null, activeKey: pipeline.target.id },
    });
    await pipeline.db.promotion.updateMany({ data: { state: 'running', endedAt: null } });
    const promotion = await runToEnd(pipeline, requested);
    expect(promotion.state).toBe('published');
    expect(lookAt(pipeline.target)).toEqual(was);
    expectClean(pipeline.target);
  });

  test('a ref that somebody else changes is not published over; put back, the run finishes', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await leaveRetrying();
    const head = pipeline.headOf(pipeline.target, b) as string;
    ostree('refs', `--repo=${pipeline.target.path}`, '--create=os/evil', head);
    const worker = startLocalWorker(pipeline);
    await waitFor(requested, worker.said, (run) => run.errorCode === 'target-drifted');
    expect(lookAt(pipeline.target).summary).toBe('absent');
    ostree('refs', `--repo=${pipeline.target.path}`, '--delete', 'os/evil');
    await waitFor(requested, worker.said, (run) => run.state === 'done');
    await worker.stop();
    await expectPublishedOnce(pipeline, requested);
  });

  test('a promoted ref that somebody else moves on is not set back', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await leaveRetrying();
    const head = pipeline.headOf(pipeline.target, b) as string;
    ostree('reset', `--repo=${pipeline.target.path}`, a, head);
    const worker = startLocalWorker(pipeline);
    await waitFor(requested, worker.said, (run) => run.errorCode === 'target-drifted');
    await worker.stop();
    expect(pipeline.headOf(pipeline.target, a)).toBe(head);
    expect(lookAt(pipeline.target).summary).toBe('absent');
  });

  test('a database that goes away once the summary is signed stops nothing but the record', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    let isAway = false;
    const away = () =>
      Promise.reject(Object.assign(new Error('away'), { name: 'PrismaClientInitializationError' }));
    const table = (real: object) =>
      new Proxy(real, { get: (rows, name) => (isAway ? away : Reflect.get(rows, name)) });
    const db = new Proxy(pipeline.db, {
      get(real, name) {
        const value: unknown = Reflect.get(real, name);
        if (name === '$transaction') return isAway ? away : pipeline.db.$transaction.bind(pipeline.db);
        return typeof value === 'object' && value !== null ? table(value) : value;
      },
    });
    const signer = signerBut(pipeline, (real) => ({
      signSummary: async (of) => {
        const signatures = await real.signSummary(of);
        isAway = true;
        return signatures;
      },
    }));
    const worker = startLocalWorker(pipeline, { db, signer });
    await until(
      () => worker.said.join('\n'),
      async () => worker.said.some((line) => line.includes('could not record')),
    );
    await expectSignedSummary(pipeline.target);
    expect(await terminalEvents(pipeline, requested)).toEqual([]);
    isAway = false;
    await waitFor(requested, worker.said, (run) => run.state === 'done');
    await worker.stop();
    await expectPublishedOnce(pipeline, requested);
  });

  test('a repository server that is away makes the probe retry', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    const worker = startLocalWorker(pipeline, { repoUrl: 'http://127.0.0.1:9' });
    const run = await waitFor(
      requested,
      worker.said,
      (now) => stateOf(now, 'probe') === 'retrying' && now.retryAt !== null,
    );
    expect(run).toMatchObject({ state: 'running', errorCode: 'probe-failed' });
    await worker.stop();
    await runToEnd(pipeline, requested);
    await expectPublishedOnce(pipeline, requested);
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
    await waitFor(requested, worker.said, (run) => stateOf(run, 'sign-commits') === 'running');
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
    await waitFor(requested, worker.said, (run) => stateOf(run, 'sign-commits') === 'running');
    await worker.stop();
    expect(lookAt(pipeline.target)).toEqual(was);
    const [run] = (await readPromotion(pipeline, requested)).runs;
    expect(run).toMatchObject({ state: 'running', leaseOwner: null, retryAt: null, errorCode: null });
    await suite.startSigner();
    await runToEnd(pipeline, requested);
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
