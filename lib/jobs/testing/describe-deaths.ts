import { beforeAll, describe, expect, test } from 'vitest';
import type { FaultPoint } from '../fault-point';
import { expectPublishedOnce, lookAt } from './invariants';
import type { PipelineOptions, Requested } from './pipeline';
import { suiteTimeout, type WorkerSuite } from './worker-suite';

/** Points before the first rename of a ref, in order. */
export const POINTS_BEFORE: readonly FaultPoint[] = [
  'claimed',
  'preflight-done',
  'pull-done',
  'verify-done',
  'commits-signed',
  'refs-intended',
  'journal-written',
];
/** Points after it. */
export const POINTS_AFTER: readonly FaultPoint[] = [
  'refs-renamed',
  'refs-journaled',
  'candidate-written',
  'summary-signed',
  'signatures-journaled',
  'publish-1',
  'publish-2',
  'publish-3',
  'published-journaled',
  'probed',
  'recorded',
  'journal-removed',
];

export interface DeathsOf {
  /** What runs. */
  what: string;
  /** The next one of them, asked for and approved, at the point of that name. */
  next: (point: FaultPoint) => Promise<Requested>;
  /** Points after the first rename; all of them by default. */
  after?: readonly FaultPoint[];
  /** What else has to be so once it is finished. */
  expectAlso?: (requested: Requested) => Promise<void>;
}

/**
 * Describes what a death at each point leaves: before the first rename of a ref nothing is to be seen, after it
 * everything, and the next worker finishes the run once.
 */
export function describeDeaths(
  suite: WorkerSuite,
  { what, next, after = POINTS_AFTER, expectAlso }: DeathsOf = {
    what: 'a promotion',
    next: suite.nextRelease,
  },
): void {
  async function finishOnce(requested: Requested): Promise<void> {
    await suite.finish(requested);
    await expectPublishedOnce(suite.pipeline, requested);
    await expectAlso?.(requested);
  }

  /** One promotion after the other into the same stages, with a signed summary in place from the beginning. */
  async function beginPublished(options: PipelineOptions = {}): Promise<void> {
    await suite.begin(options);
    await suite.finish(await suite.pipeline.approve(suite.pipeline.refs));
  }

  describe(`a worker of ${what} that is killed before the first rename of a ref`, suiteTimeout, () => {
    beforeAll(() => beginPublished(), suiteTimeout.timeout);

    test.each(POINTS_BEFORE)('%s: nothing was to be seen, and then all of it', async (fault) => {
      const requested = await next(fault);
      const untouched = lookAt(suite.pipeline.target);
      expect(await suite.killAt({ TREELINE_FAULT: fault })).toEqual(untouched);
      await finishOnce(requested);
    });
  });

  describe(`a worker of ${what} that is killed after it`, suiteTimeout, () => {
    beforeAll(() => beginPublished({ overlapSeconds: 1 }), suiteTimeout.timeout);

    test.each(after)('%s: goes forward', async (fault) => {
      const requested = await next(fault);
      const { refs } = await suite.killAt({ TREELINE_FAULT: fault });
      for (const { resultingChecksum } of requested.plan.refs) expect(refs).toContain(resultingChecksum);
      await finishOnce(requested);
    });
  });
}
