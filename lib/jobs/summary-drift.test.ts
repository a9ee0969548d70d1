import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runToEnd, startLocalWorker } from './testing/local-worker';
import { ostree } from './testing/pipeline';
import { runSuite, slow } from './testing/run-suite';
import { until } from './testing/worker-process';

const suite = runSuite();

test(
  'what others make of a summary is written to the history once, until it is put back or published anew',
  slow,
  async () => {
    await suite.begin();
    const { pipeline } = suite;
    const path = (name: string) => join(pipeline.target.path, name);
    await runToEnd(pipeline, await pipeline.approve(pipeline.refs));
    for (const name of ['summary', 'summary.sig']) copyFileSync(path(name), join(pipeline.root, name));
    const putBack = () => {
      for (const name of ['summary', 'summary.sig']) copyFileSync(join(pipeline.root, name), path(name));
    };

    const worker = startLocalWorker(pipeline, { lookMilliseconds: 20 });
    const said = async () =>
      (
        await pipeline.db.auditEvent.findMany({
          where: { kind: { in: ['stage.differs', 'stage.agrees'] } },
          orderBy: { seq: 'asc' },
        })
      ).map(({ kind, dataJson }) => JSON.parse(dataJson).summary ?? kind);
    const untilSaid = (count: number) =>
      until(
        () => worker.said.join('\n'),
        async () => (await said()).length === count,
      );
    ostree('summary', '--update', `--repo=${pipeline.target.path}`);
    await untilSaid(1);
    putBack();
    await untilSaid(2);
    rmSync(path('summary.sig'));
    await untilSaid(3);
    rmSync(path('summary'));
    await untilSaid(4);
    pipeline.commit('os/amd64/main', { 'etc/version': '3' });
    await pipeline.approve(['os/amd64/main']);
    // It stands as the run has published it, and the history says so by that.
    await until(
      () => worker.said.join('\n'),
      async () => (await pipeline.db.promotion.count({ where: { state: 'published' } })) === 2,
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    await worker.stop();
    expect(await said()).toEqual(['replaced', 'stage.agrees', 'unsigned', 'removed']);
  },
);
