import { expect } from 'vitest';
import { expectClean, lookAt, terminalEvents } from './invariants';
import { readPromotion } from './local-worker';
import type { Pipeline, Requested } from './pipeline';

/** Asks to stop the run, as the service notes it. */
export async function askToCancel({ db }: Pipeline, { runId }: Pick<Requested, 'runId'>): Promise<void> {
  await db.runCancel.create({
    data: { runId, askedBy: 'The manager', reason: 'wrong kernel', askedAt: new Date() },
  });
}

/** The run was cancelled in that step; nothing moved, nothing is left, and it is on record once. */
export async function expectCancelled(
  pipeline: Pipeline,
  requested: Requested,
  was: ReturnType<typeof lookAt>,
  step: string,
): Promise<void> {
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
