import { beforeAll, describe, expect, test } from 'vitest';
import { POINTS_BEFORE } from './testing/describe-deaths';
import { expectClean, lookAt, terminalEvents } from './testing/invariants';
import { suiteTimeout, workerSuite } from './testing/worker-suite';

const suite = workerSuite();

describe('a run that was cancelled after its worker was killed', suiteTimeout, () => {
  beforeAll(async () => {
    await suite.begin();
    await suite.finish(await suite.pipeline.approve(suite.pipeline.refs));
  }, suiteTimeout.timeout);

  test.each(POINTS_BEFORE)('%s: the next worker ends it, and nothing is left', async (fault) => {
    const { pipeline } = suite;
    const requested = await suite.nextRelease(fault);
    const untouched = lookAt(pipeline.target);
    expect(await suite.killAt({ TREELINE_FAULT: fault })).toEqual(untouched);
    const asked = { runId: requested.runId, askedBy: 'The manager', reason: '', askedAt: new Date() };
    await pipeline.db.runCancel.create({ data: asked });
    // Killed once more, right before it is recorded.
    expect(await suite.killAt({ TREELINE_FAULT: 'cancelling' })).toEqual(untouched);
    const worker = suite.start();
    expect((await suite.ended(requested)).state, worker.output()).toBe('cancelled');
    await worker.stop();
    expect(await terminalEvents(pipeline, requested)).toEqual(['run.cancelled']);
    expect(lookAt(pipeline.target)).toEqual(untouched);
    expectClean(pipeline.target);
  });
});
