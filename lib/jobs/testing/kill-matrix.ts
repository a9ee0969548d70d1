import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultPoint } from '../fault-point';
import { POINTS_AFTER, POINTS_BEFORE } from './describe-deaths';
import { expectPublishedOnce } from './invariants';
import { type LocalWorker, readPromotion, startLocalWorker } from './local-worker';
import { makePipeline, type Pipeline, type PipelineOptions, type Requested } from './pipeline';
import { type ProductProcess, signerProcess } from './product-process';
import { type WebSite, webSite } from './promotion-page';
import {
  expectRemovedOnce,
  expectRetiredOnce,
  isRetired,
  nextRemoval,
  nextRetirement,
  REMOVAL_AFTER,
  REMOVAL_BEFORE,
  RETIREMENT_POINTS,
} from './removal-run';
import { expectHeld, nextRollback, ROLLBACK_AFTER } from './rollback-run';
import { standsStill, until } from './worker-process';
import { secondsMax, type WorkerSuite, workerSuite } from './worker-suite';

/** What a worker does in a stage, as those see it who kill something meanwhile. */
export interface Work {
  what: string;
  /** The points that it passes, in order. */
  points: readonly FaultPoint[];
  /** Those of them after which the signer is asked. */
  signing: readonly FaultPoint[];
  /** The first one from which on it goes forward only, and waits for a signer for as long as it takes. */
  forwardFrom: FaultPoint;
  /** The next of it, ready to be done. */
  next: (suite: WorkerSuite, point: FaultPoint) => Promise<Requested>;
  /** Whether it is on record as done. Throws where it ended otherwise. */
  isOnRecord: (pipeline: Pipeline, requested: Requested) => Promise<boolean>;
  /** It was done, once, and nothing is left of what happened meanwhile. */
  expectOnce: (pipeline: Pipeline, requested: Requested) => Promise<void>;
}

export const PROMOTION: Work = {
  what: 'a promotion',
  points: [...POINTS_BEFORE, ...POINTS_AFTER],
  signing: ['verify-done', 'refs-journaled', 'candidate-written'],
  forwardFrom: 'refs-renamed',
  next: (suite, point) => suite.nextRelease(point),
  isOnRecord: isPublished,
  expectOnce: expectPublishedOnce,
};

const ROLLBACK: Work = {
  what: 'a rollback',
  points: [...POINTS_BEFORE, ...ROLLBACK_AFTER],
  signing: ['verify-done', 'refs-journaled'],
  forwardFrom: 'refs-renamed',
  next: ({ pipeline }) => nextRollback(pipeline, 'roll-forward'),
  isOnRecord: isPublished,
  async expectOnce(pipeline, requested) {
    await expectPublishedOnce(pipeline, requested);
    await expectHeld(pipeline, requested);
  },
};

const REMOVAL: Work = {
  what: 'a removal',
  points: [...REMOVAL_BEFORE, ...REMOVAL_AFTER],
  signing: ['preflight-done', 'candidate-written'],
  forwardFrom: 'journal-written',
  next: ({ pipeline }) => nextRemoval(pipeline),
  isOnRecord: isPublished,
  expectOnce: expectRemovedOnce,
};

const RETIREMENT: Work = {
  what: 'the deletion of what a removal left',
  points: RETIREMENT_POINTS,
  signing: [],
  forwardFrom: 'retirement-begun',
  next: ({ pipeline }) => nextRetirement(pipeline),
  isOnRecord: isRetired,
  expectOnce: expectRetiredOnce,
};

/** What goes other ways than a promotion. */
export const OTHER_WORK: readonly Work[] = [ROLLBACK, REMOVAL, RETIREMENT];

async function isPublished(pipeline: Pipeline, requested: Requested): Promise<boolean> {
  const { state, runs } = await readPromotion(pipeline, requested);
  if (state === 'published' || state === 'running' || state === 'approved') return state === 'published';
  throw new Error(`#${requested.number} ended as ${state}: ${runs.at(-1)?.errorMessage}`);
}

/** Whether the journal of a run lies in the target. */
export function hasJournal({ target }: Pipeline): boolean {
  return existsSync(join(target.path, '.treeline-journal'));
}

/** One cell: what is done, and where the worker is when something happens. */
export interface Cell {
  work: Work;
  point: FaultPoint;
}

/** What there is while the worker stands still. */
export interface Moment {
  requested: Requested;
  /** Lets it go on. */
  goOn(): void;
  /** What it has said since it stood still. */
  output(): string;
}

/**
 * Two stages, with the signer and the web as processes of their own that stay up from cell to cell. After each cell the work
 * was done once, and the page says so.
 */
export interface KillMatrix {
  readonly pipeline: Pipeline;
  /** Starts anew, on the database that the options name. */
  begin(options: Pick<PipelineOptions, 'provider' | 'databaseUrl'>): Promise<void>;
  end(): Promise<void>;
  killWorker(cell: Cell): Promise<void>;
  killWeb(cell: Cell): Promise<void>;
  killSigner(cell: Cell): Promise<void>;
  /** The worker stands still at the point, and goes on when `happen` says so, or is over. */
  disturb(cell: Cell, happen: (moment: Moment) => Promise<void>): Promise<void>;
}

export function killMatrix(): KillMatrix {
  const suite = workerSuite();
  let signer: ProductProcess | null = null;
  let web: WebSite | null = null;

  /** With this worker. One that is told to stop may leave the end of it to the next. */
  async function finish(
    { work }: Cell,
    requested: Requested,
    worker: Pick<LocalWorker, 'stop'>,
  ): Promise<void> {
    const { pipeline } = suite;
    await until(
      () => `the end of ${work.what}: ${suite.output()}`,
      () => work.isOnRecord(pipeline, requested),
      secondsMax,
    );
    await worker.stop();
    if (hasJournal(pipeline)) await suite.finish(requested);
    await work.expectOnce(pipeline, requested);
    await web?.expectTruth(requested);
  }

  const matrix: KillMatrix = {
    get pipeline() {
      return suite.pipeline;
    },
    async begin(options) {
      suite.pipeline = await makePipeline({
        refs: ['os/amd64/main', 'os/arm64/main'],
        fileCount: 5,
        overlapSeconds: 1,
        ...options,
      });
      signer = signerProcess(suite.pipeline);
      web = await webSite(suite.pipeline);
      await Promise.all([signer.start(), web.process.start()]);
      await suite.finish(await suite.pipeline.approve(suite.pipeline.refs));
    },
    async end() {
      await Promise.all([signer?.end('SIGTERM'), web?.process.end('SIGTERM')]);
      await suite.pipeline?.close();
    },
    async killWorker(cell) {
      const requested = await cell.work.next(suite, cell.point);
      await suite.killAt({ TREELINE_FAULT: cell.point });
      await finish(cell, requested, startLocalWorker(suite.pipeline));
    },
    killWeb: (cell) =>
      matrix.disturb(cell, async ({ requested }) => {
        await web?.process.end('SIGKILL');
        await web?.process.start();
        // Also of a run that stands still.
        await web?.expectTruth(requested);
      }),
    killSigner: ({ work, point }) =>
      matrix.disturb({ work, point }, async ({ goOn }) => {
        await signer?.end('SIGKILL');
        // Before, a run waits for its signer for some seconds only; past it, for as long as it takes.
        if (work.points.indexOf(point) >= work.points.indexOf(work.forwardFrom)) goOn();
        await signer?.start();
      }),
    async disturb({ work, point }, happen) {
      const requested = await work.next(suite, point);
      const worker = suite.start({ TREELINE_PAUSE: point });
      await standsStill(worker);
      const before = worker.output().length;
      const goOn = () => worker.child.kill('SIGCONT');
      await happen({ requested, goOn, output: () => worker.output().slice(before) });
      goOn();
      await finish({ work, point }, requested, worker);
    },
  };
  return matrix;
}
