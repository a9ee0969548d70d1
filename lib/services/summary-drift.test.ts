import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../db/client';
import { getBoard } from './get-board';
import { makeTestPipeline, ostree } from './testing/pipeline';
import { makeWorld } from './testing/world';

test('the board shows what others made of the summary that was published last', async () => {
  const world = await makeWorld();
  const pipeline = await makeTestPipeline(world);
  const repo = pipeline.repo('staging');
  const update = () => ostree('summary', '--update', `--repo=${repo}`);
  const drift = async () => {
    const { stages } = await getBoard(world.ctx, await world.person('viewer'));
    return stages.map(({ stage }) => stage.summaryDrift);
  };
  update();
  // Nothing was published there yet, so it may be anybody's.
  expect(await drift()).toEqual([null, null]);
  const summary = createHash('sha256')
    .update(readFileSync(join(repo, 'summary')))
    .digest('hex');
  await inTransaction(world.db, (tx) =>
    recordAudit(tx, {
      kind: 'run.published',
      at: world.clock.now(),
      actor: { id: null, name: 'worker' },
      stage: 'staging',
      promotion: 1,
      data: { attempt: 1, summary },
    }),
  );
  expect(await drift()).toEqual([null, null]);
  ostree('refs', `--repo=${repo}`, '--create=os/other', 'os/amd64/main');
  update();
  expect(await drift()).toEqual([null, 'replaced']);
  rmSync(join(repo, 'summary'));
  expect(await drift()).toEqual([null, 'removed']);
  writeFileSync(join(repo, 'summary'), 'no summary at all');
  expect(await drift()).toEqual([null, 'replaced']);
  // What can't be read is said, hides nothing else, and nobody can tell what became of it.
  rmSync(join(repo, 'summary'));
  mkdirSync(join(repo, 'summary'));
  const [, staging] = (await getBoard(world.ctx, await world.person('viewer'))).stages;
  expect(staging?.stage).toMatchObject({ summaryDrift: null, problem: expect.stringContaining('summary') });
  expect(staging?.refs).toHaveLength(2);
  await world.close();
});
