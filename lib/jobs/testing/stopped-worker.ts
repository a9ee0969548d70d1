import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { systemClock } from '../../clock';
import { connectSigner } from '../../signer/client';
import { findCandidates } from '../claim-run';
import type { FaultPoint } from '../fault-point';
import { takeUpRun } from '../take-up-run';
import { expectPublishedOnce, lookAt, terminalEvents } from './invariants';
import type { Requested } from './pipeline';
import { standsStill, until, type WorkerProcess } from './worker-process';
import type { WorkerSuite } from './worker-suite';

/** A worker that stands still in the middle of the run, whose lease has run out long ago. */
export async function stopPastItsLease(
  suite: WorkerSuite,
  requested: Requested,
  at: FaultPoint,
): Promise<WorkerProcess> {
  const worker = suite.start({ TREELINE_PAUSE: at, TEST_WORKER: 'stopped' });
  await standsStill(worker);
  const leaseExpiresAt = new Date(Date.now() - 60_000);
  await suite.pipeline.db.run.update({ where: { id: requested.runId }, data: { leaseExpiresAt } });
  return worker;
}

/** What another worker can do about the run: whether it could take it up. */
export async function tryToTakeUp({ pipeline }: WorkerSuite, requested: Requested): Promise<boolean> {
  const now = new Date();
  const candidate = (await findCandidates(pipeline.db, now)).find((each) => each.id === requested.runId);
  if (!candidate) throw new Error('the run is not one that a worker would look at');
  const silent = () => undefined;
  const ctx = {
    db: pipeline.db,
    clock: systemClock,
    signer: connectSigner(pipeline.home.signerSocket),
    repoUrl: null,
    log: { info: silent, warn: silent, error: silent },
    workerName: 'onlooker',
  };
  return takeUpRun(ctx, candidate, new AbortController().signal, new Map());
}

/**
 * The worst case: the stopped worker's lock is taken from it, by somebody who removes its file. Another worker takes
 * the run over and publishes, and the next release too. When the stopped one goes on, it changes nothing at all.
 */
export async function expectFencedOff(
  suite: WorkerSuite,
  requested: Requested,
  at: FaultPoint,
): Promise<void> {
  const { pipeline } = suite;
  const stopped = await stopPastItsLease(suite, requested, at);
  rmSync(join(pipeline.target.path, '.treeline.lock'));
  await suite.finish(requested);
  expect(await terminalEvents(pipeline, requested)).toEqual(['run.published']);
  for (const ref of pipeline.refs) pipeline.commit(ref, { 'etc/version': `after ${at}` });
  const next = await pipeline.approve(pipeline.refs);
  await suite.finish(next);
  const was = { files: lookAt(pipeline.target), rows: await rowsOf(suite) };

  stopped.child.kill('SIGCONT');
  await until(stopped.output, async () => stopped.output().includes('the run stopped'));
  await stopped.stop();
  expect(stopped.output()).toMatch(/no longer has the lock|another worker has taken up/);
  expect({ files: lookAt(pipeline.target), rows: await rowsOf(suite) }).toEqual(was);
  expect(await terminalEvents(pipeline, requested)).toEqual(['run.published']);
  await expectPublishedOnce(pipeline, next);
}

/** Everything of the database that a run writes. */
async function rowsOf({ pipeline: { db } }: WorkerSuite) {
  return {
    runs: await db.run.findMany({
      include: { steps: { orderBy: { position: 'asc' } } },
      orderBy: { id: 'asc' },
    }),
    promotions: await db.promotion.findMany({ orderBy: { number: 'asc' } }),
    ledger: await db.ledgerRef.findMany({ orderBy: { id: 'asc' } }),
    events: await db.auditEvent.findMany({ orderBy: { seq: 'asc' } }),
  };
}
