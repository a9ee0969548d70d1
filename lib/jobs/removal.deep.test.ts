import { writeFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import type { RunningRepoServer } from '../publish/repo-server';
import { client, initClient, servePipeline } from './testing/client';
import { expectClean, lookAt } from './testing/invariants';
import { readPromotion, runToEnd, startLocalWorker } from './testing/local-worker';
import { ostree, type Requested } from './testing/pipeline';
import { removing } from './testing/removal-plan';
import { runSuite, slow } from './testing/run-suite';
import { signerBut } from './testing/waiting-run';
import { until } from './testing/worker-process';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
const suite = runSuite();
let server: RunningRepoServer | null = null;

afterEach(async () => {
  await server?.close();
  server = null;
});

const removed = () => suite.pipeline.approve([b], removing(suite.pipeline));

/** Two stages, and what dev has is published. */
async function begin(): Promise<void> {
  await suite.begin();
  await runToEnd(suite.pipeline, await suite.pipeline.approve([a, b]));
}

async function retired(): Promise<void> {
  const { db } = suite.pipeline;
  await db.retirement.updateMany({ data: { dueAt: new Date() } });
  const worker = startLocalWorker(suite.pipeline);
  await until(
    () => worker.said.join('\n'),
    async () => (await db.retirement.count({ where: { state: 'done' } })) === 1,
  );
  await worker.stop();
}

describe('clients of a stage that a ref is removed from', slow, () => {
  test('find the others as before, the removed one no more, and its commit until the grace is over', async () => {
    await suite.begin({ hasGpg: true });
    const { pipeline } = suite;
    server = await servePipeline(pipeline);
    const repoUrl = `http://127.0.0.1:${server.port}`;
    await runToEnd(pipeline, await pipeline.approve([a, b]), { repoUrl });
    const checks = ['--set=gpg-verify=true', '--set=gpg-verify-summary=true'];
    const repo = await initClient(pipeline, repoUrl, ...checks);
    const head = pipeline.headOf(pipeline.target, b) as string;
    expect((await runToEnd(pipeline, await removed(), { repoUrl })).state).toBe('published');

    await client('pull', `--repo=${repo}`, `production:${a}`);
    await expect(client('pull', `--repo=${repo}`, `production:${b}`)).rejects.toThrow(
      /No such branch|not found/,
    );
    expect(await client('remote', 'refs', `--repo=${repo}`, 'production')).not.toContain(b);
    // Who had begun with the old summary goes on with the commit that it names.
    await client('pull', `--repo=${repo}`, 'production', head);
    expect(await client('fsck', `--repo=${repo}`)).not.toMatch(/corrupt|missing/);

    const size = () => ostree('refs', `--repo=${pipeline.target.path}`);
    const refs = size();
    await retired();
    expect(size()).toBe(refs);
    const late = await client('init', `--repo=${pipeline.root}/late`, '--mode=archive')
      .then(() =>
        client(
          'remote',
          'add',
          `--repo=${pipeline.root}/late`,
          '--no-gpg-verify',
          'p',
          `${repoUrl}/production`,
        ),
      )
      .then(() => `${pipeline.root}/late`);
    await expect(client('pull', `--repo=${late}`, 'p', head)).rejects.toThrow(/404|not found|missing/i);
    await client('pull', `--repo=${late}`, `p:${a}`);
    expect(await client('fsck', `--repo=${pipeline.target.path}`)).not.toMatch(/corrupt|missing/);
  });
});

describe('a removal', slow, () => {
  test('of a head that has moved is stale, and nothing has changed', async () => {
    await begin();
    const { pipeline } = suite;
    const requested = await removed();
    const head = pipeline.headOf(pipeline.target, a);
    writeFileSync(`${pipeline.target.path}/refs/heads/${b}`, `${head}\n`);
    const was = lookAt(pipeline.target);
    const { state, runs } = await runToEnd(pipeline, requested);
    expect({ state, code: runs[0]?.errorCode }).toEqual({ state: 'stale', code: 'target-moved' });
    expect(lookAt(pipeline.target)).toEqual(was);
    expect(await pipeline.db.retirement.count()).toBe(0);
  });

  test('of a ref that another is an alias of fails, and names that', async () => {
    await begin();
    const { pipeline } = suite;
    ostree('refs', `--repo=${pipeline.target.path}`, '--alias', '--create=os/alias', b);
    await pipeline.db.ledgerRef.create({
      data: {
        id: 'alias',
        stageId: pipeline.target.id,
        ref: 'os/alias',
        checksum: pipeline.headOf(pipeline.target, b) as string,
        origin: 'adopted',
        recordedAt: new Date(),
      },
    });
    const was = lookAt(pipeline.target);
    const { state, runs } = await runToEnd(pipeline, await removed());
    expect({ state, code: runs[0]?.errorCode }).toEqual({ state: 'failed', code: 'ostree/ref-conflict' });
    expect(runs[0]?.errorMessage).toMatch(/os\/alias.*is an alias of/);
    expect(lookAt(pipeline.target)).toEqual(was);
  });

  /** What happens while the signer signs, and how the run then stands. */
  async function during(act: (requested: Requested) => Promise<unknown>, kind: string): Promise<Requested> {
    await begin();
    const { pipeline } = suite;
    const was = lookAt(pipeline.target);
    const requested = await removed();
    const signer = signerBut(pipeline, (real) => ({
      async signSummary(...args) {
        const signed = await real.signSummary(...args);
        await act(requested);
        return signed;
      },
    }));
    const worker = startLocalWorker(pipeline, { signer });
    const where = { promotionNumber: requested.number, kind };
    await until(
      () => worker.said.join('\n'),
      async () => (await pipeline.db.auditEvent.count({ where })) === 1,
    );
    await worker.stop();
    expect(lookAt(pipeline.target)).toEqual(was);
    expectClean(pipeline.target);
    return requested;
  }

  test('is put back by a hold that is set before it is published, and goes on once that is lifted', async () => {
    const requested = await during(
      () =>
        suite.pipeline.db.hold.create({
          data: {
            id: 'hold',
            stageId: suite.pipeline.target.id,
            ref: b,
            scope: 'every',
            origin: 'hand',
            reason: 'because',
            setBy: 'manager',
            setAt: new Date(),
            activeKey: 'stands',
          },
        }),
      'run.put-back',
    );
    const { pipeline } = suite;
    expect((await readPromotion(pipeline, requested)).state).toBe('approved');
    await pipeline.db.hold.updateMany({ data: { activeKey: null } });
    expect((await runToEnd(pipeline, requested)).state).toBe('published');
    expect(pipeline.headOf(pipeline.target, b)).toBeNull();
  });

  test('can be cancelled until it is published', async () => {
    const requested = await during(
      ({ runId }) =>
        suite.pipeline.db.runCancel.create({
          data: { runId, askedBy: 'manager', reason: 'not that one', askedAt: new Date() },
        }),
      'run.cancelled',
    );
    expect((await readPromotion(suite.pipeline, requested)).state).toBe('cancelled');
  });

  test('whose ref somebody moves while it is signed is stale, and nothing is published', async () => {
    await begin();
    const { pipeline } = suite;
    const { summary } = lookAt(pipeline.target);
    const requested = await removed();
    const other = pipeline.headOf(pipeline.target, a) as string;
    const signer = signerBut(pipeline, (real) => ({
      async signSummary(...args) {
        const signed = await real.signSummary(...args);
        writeFileSync(`${pipeline.target.path}/refs/heads/${b}`, `${other}\n`);
        return signed;
      },
    }));
    const { state, runs } = await runToEnd(pipeline, requested, { signer });
    expect({ state, code: runs[0]?.errorCode }).toEqual({ state: 'stale', code: 'target-moved' });
    expect(pipeline.headOf(pipeline.target, b)).toBe(other);
    expect(lookAt(pipeline.target).summary).toBe(summary);
    expectClean(pipeline.target);
  });
});
