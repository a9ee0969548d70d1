import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Database } from '../db/client';
import { parseSignatureSet } from '../ostree/format/signatures';
import { connectSignerSetup } from '../signer/setup-client';
import {
  expectClean,
  expectPublishedOnce,
  expectSignedSummary,
  lookAt,
  terminalEvents,
} from './testing/invariants';
import { runToEnd, startLocalWorker } from './testing/local-worker';
import { ostree, type Pipeline } from './testing/pipeline';
import { runSuite, slow } from './testing/run-suite';
import { leaveRetrying, signerBut, stateOf, waitFor } from './testing/waiting-run';
import { until } from './testing/worker-process';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
const suite = runSuite();

describe('past the commit point', slow, () => {
  test('a run whose journal was removed by hand goes forward, and is recorded once', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await leaveRetrying(pipeline, [a]);
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
    const requested = await leaveRetrying(pipeline, [a]);
    const head = pipeline.headOf(pipeline.target, b) as string;
    ostree('refs', `--repo=${pipeline.target.path}`, '--create=os/evil', head);
    const worker = startLocalWorker(pipeline);
    await waitFor(pipeline, requested, worker.said, (run) => run.errorCode === 'target-drifted');
    expect(lookAt(pipeline.target).summary).toBe('absent');
    ostree('refs', `--repo=${pipeline.target.path}`, '--delete', 'os/evil');
    await waitFor(pipeline, requested, worker.said, (run) => run.state === 'done');
    await worker.stop();
    await expectPublishedOnce(pipeline, requested);
  });

  test('a key that is added meanwhile signs the next run', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const { db, home, target } = pipeline;
    const requested = await leaveRetrying(pipeline, [a]);
    const key = await connectSignerSetup(home.signerSetupSocket).generateKey({
      stageId: target.id,
      type: 'ed25519',
      label: 'x',
    });
    const row = { id: 'added', stageId: target.id, purpose: 'sign', createdAt: new Date(), ...key };
    await db.stageKey.create({ data: row });
    expect((await runToEnd(pipeline, requested)).state).toBe('published');
    expectClean(target);
    const next = await pipeline.approve([b]);
    expect((await runToEnd(pipeline, next)).state).toBe('published');
    const { ed25519 } = parseSignatureSet(readFileSync(join(target.path, 'summary.sig')));
    expect(ed25519).toHaveLength(2);
  });

  test('a summary that has to be signed anew, since a ref was adopted meanwhile, is', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const { db, target } = pipeline;
    const requested = await pipeline.approve([a]);
    // Signed, and then stopped before a file is replaced.
    const idx = join(target.path, 'summary.idx');
    const signer = signerBut(pipeline, (real) => ({
      signSummary: async (of) => {
        writeFileSync(idx, '');
        return real.signSummary(of);
      },
    }));
    const worker = startLocalWorker(pipeline, { signer });
    await waitFor(
      pipeline,
      requested,
      worker.said,
      (run) => stateOf(run, 'publish') === 'retrying' && run.retryAt !== null,
    );
    await worker.stop();
    rmSync(idx);
    const head = pipeline.headOf(target, b) as string;
    ostree('refs', `--repo=${target.path}`, '--create=os/new', head);
    const row = { id: 'adopted', stageId: target.id, ref: 'os/new', checksum: head };
    await db.ledgerRef.create({ data: { ...row, origin: 'adopted', recordedAt: new Date() } });
    // Back before the publication began, as if it had been stopped a moment earlier.
    const record = join(target.path, '.treeline-journal/journal.json');
    writeFileSync(record, readFileSync(record, 'utf8').replace('"publishing"', '"signed"'));
    await runToEnd(pipeline, requested);
    await expectPublishedOnce(pipeline, requested);
    expect(ostree('summary', '-v', `--repo=${target.path}`)).toContain('os/new');
  });

  test('a promoted ref that somebody else moves on is not set back', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await leaveRetrying(pipeline, [a]);
    const head = pipeline.headOf(pipeline.target, b) as string;
    ostree('reset', `--repo=${pipeline.target.path}`, a, head);
    const worker = startLocalWorker(pipeline);
    await waitFor(pipeline, requested, worker.said, (run) => run.errorCode === 'target-drifted');
    await worker.stop();
    expect(pipeline.headOf(pipeline.target, a)).toBe(head);
    expect(lookAt(pipeline.target).summary).toBe('absent');
  });

  test('a database that goes away once the summary is signed stops nothing but the record', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    const database = leavingDatabase(pipeline);
    const signer = signerBeforeOutage(pipeline, database);
    const worker = startLocalWorker(pipeline, { db: database.db, signer });
    await until(
      () => worker.said.join('\n'),
      async () => worker.said.some((line) => line.includes('could not record')),
    );
    await expectSignedSummary(pipeline.target);
    expect(await terminalEvents(pipeline, requested)).toEqual([]);
    database.isAway = false;
    await waitFor(pipeline, requested, worker.said, (run) => run.state === 'done');
    await worker.stop();
    await expectPublishedOnce(pipeline, requested);
  });

  test('a database that is back right after the end could not be recorded: the run goes on, and then ends', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    const database = leavingDatabase(pipeline);
    const signer = signerBeforeOutage(pipeline, database);
    const said: string[] = [];
    const say = (_: object, message: string) => {
      said.push(message);
      if (message === 'the run stopped') database.isAway = false;
    };
    const log = { info: say, warn: say, error: say };
    const worker = startLocalWorker(pipeline, { db: database.db, signer, log });
    const run = await waitFor(pipeline, requested, said, (now) => now.retryAt !== null);
    expect(run).toMatchObject({ state: 'running', endedAt: null, errorCode: 'database-unavailable' });
    expect(await terminalEvents(pipeline, requested)).toEqual([]);
    await waitFor(pipeline, requested, said, (now) => now.state === 'done');
    await worker.stop();
    await expectPublishedOnce(pipeline, requested);
  });

  test('a repository server that is away makes the probe retry', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    const worker = startLocalWorker(pipeline, { repoUrl: 'http://127.0.0.1:9' });
    const run = await waitFor(
      pipeline,
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

/** The database of the pipeline, which is away as long as `isAway` says so. */
function leavingDatabase(pipeline: Pipeline): { db: Database; isAway: boolean } {
  const away = () =>
    Promise.reject(Object.assign(new Error('away'), { name: 'PrismaClientInitializationError' }));
  const table = (real: object) =>
    new Proxy(real, { get: (rows, name) => (database.isAway ? away : Reflect.get(rows, name)) });
  const db = new Proxy(pipeline.db, {
    get(real, name) {
      const value: unknown = Reflect.get(real, name);
      if (name === '$transaction') return database.isAway ? away : pipeline.db.$transaction.bind(pipeline.db);
      return typeof value === 'object' && value !== null ? table(value) : value;
    },
  });
  const database = { db, isAway: false };
  return database;
}

/** Signs a summary, after which the database is away. */
function signerBeforeOutage(pipeline: Pipeline, database: { isAway: boolean }) {
  return signerBut(pipeline, (real) => ({
    signSummary: async (of) => {
      const signatures = await real.signSummary(of);
      database.isAway = true;
      return signatures;
    },
  }));
}
