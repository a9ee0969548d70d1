import { expect, test } from 'vitest';
import { type Plan, planSchema } from '../contracts/promotion';
import { askAutomatically } from '../services/ask-automatically';
import { createServiceContext } from '../services/service-context';
import { expectPublishedOnce } from './testing/invariants';
import { startLocalWorker } from './testing/local-worker';
import type { Pipeline, Requested } from './testing/pipeline';
import { runSuite, slow } from './testing/run-suite';
import { until } from './testing/worker-process';

const a = 'os/amd64/main';
const suite = runSuite();

const letThrough = ({ db, edgeId }: Pipeline, automaticApproval: 'as-usual' | 'none') =>
  db.edge.update({ where: { id: edgeId }, data: { automaticRefs: '["os/amd64/*"]', automaticApproval } });

/** The promotion that moves the ref to this commit, once it is published. */
async function published({ db }: Pipeline, checksum: string): Promise<Requested | null> {
  const where = { state: 'published', refs: { some: { sourceChecksum: checksum } } };
  const row = await db.promotion.findFirst({ where, include: { runs: true } });
  const [run] = row?.runs ?? [];
  if (!row || !run) return null;
  const plan: Plan = planSchema.parse(JSON.parse(row.planJson));
  return { promotionId: row.id, number: row.number, runId: run.id, plan };
}

test(
  'what an edge promotes by itself is asked for, published and signed without anybody, release after release',
  slow,
  async () => {
    await suite.begin();
    const { pipeline } = suite;
    await letThrough(pipeline, 'none');
    const services = createServiceContext({ home: pipeline.home, db: pipeline.db });
    const log = { info: () => undefined, warn: () => undefined };
    for (const version of ['2', '3']) {
      if (version === '3') pipeline.commit(a, { 'etc/version': version });
      const head = pipeline.headOf(pipeline.source, a) ?? '';
      const worker = startLocalWorker(pipeline, {
        lookMilliseconds: 20,
        askAutomatically: () => askAutomatically(services, { rests: new Map(), log }),
      });
      try {
        const requested = await until(
          () => worker.said.join('\n'),
          () => published(pipeline, head),
        );
        // It goes on to look after heads, for which it holds locks.
        await worker.stop();
        await expectPublishedOnce(pipeline, requested);
      } finally {
        await worker.stop();
      }
    }
    // The other ref is none of them, and nothing was asked for twice.
    expect(await pipeline.db.promotion.count()).toBe(2);
  },
);
