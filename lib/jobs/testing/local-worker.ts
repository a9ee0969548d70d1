import { systemClock } from '../../clock';
import { connectSigner } from '../../signer/client';
import { runWorker } from '../run-worker';
import type { WorkerContext } from '../worker-context';
import type { Pipeline, Requested } from './pipeline';
import { until } from './worker-process';

/** A worker in this process: quicker than one of its own, where nothing is killed. */
export interface LocalWorker {
  said: string[];
  stop(): Promise<void>;
}

export function startLocalWorker(pipeline: Pipeline, change: Partial<WorkerContext> = {}): LocalWorker {
  const said: string[] = [];
  const controller = new AbortController();
  const say = (fields: object, message: string) => {
    const { error } = fields as { error?: unknown };
    said.push(error instanceof Error ? `${message}: ${error.stack ?? error.message}` : message);
  };
  const done = runWorker(
    {
      db: pipeline.db,
      clock: systemClock,
      signer: connectSigner(pipeline.home.signerSocket, { timeoutMilliseconds: 10_000 }),
      repoUrl: null,
      log: { info: say, warn: say, error: say },
      workerName: `local-${Math.random()}`,
      pollMilliseconds: 20,
      ...change,
    },
    controller.signal,
  );
  return {
    said,
    async stop() {
      controller.abort();
      await done;
    },
  };
}

/** The promotion as it stands, with its runs and their steps. */
export function readPromotion({ db }: Pipeline, { promotionId }: Requested) {
  return db.promotion.findUniqueOrThrow({
    where: { id: promotionId },
    include: { runs: { include: { steps: { orderBy: { position: 'asc' } } }, orderBy: { attempt: 'asc' } } },
  });
}

/** Runs a worker until the promotion has ended; returns it. */
export async function runToEnd(
  pipeline: Pipeline,
  requested: Requested,
  change: Partial<WorkerContext> = {},
) {
  const worker = startLocalWorker(pipeline, change);
  try {
    return await until(
      () => `the end of #${requested.number}: ${worker.said.join('\n')}`,
      async () => {
        const promotion = await readPromotion(pipeline, requested);
        return ['published', 'failed', 'stale', 'cancelled'].includes(promotion.state) && promotion;
      },
    );
  } finally {
    await worker.stop();
  }
}
