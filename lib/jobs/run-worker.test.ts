import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseSignatureSet } from '../ostree/format/signatures';
import { verifyEd25519 } from '../ostree/sign/ed25519';
import { expectClean, expectPublishedOnce, terminalEvents } from './testing/invariants';
import { readPromotion, runToEnd, startLocalWorker } from './testing/local-worker';
import { objectOf, ostree } from './testing/pipeline';
import { runSuite, slow } from './testing/run-suite';
import { until } from './testing/worker-process';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
const suite = runSuite();

describe('a promotion', slow, () => {
  test('of two refs is published, signed, linked and on record', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a, b]);
    await runToEnd(pipeline, requested);
    await expectPublishedOnce(pipeline, requested);
    const head = requested.plan.refs[0]?.resultingChecksum as string;
    const [from, to] = [pipeline.source, pipeline.target].map(
      (stage) => statSync(objectOf(stage.path, head, 'commit')).ino,
    );
    expect(from).toBe(to);
    const kinds = await pipeline.db.auditEvent.findMany({
      orderBy: { seq: 'asc' },
      select: { kind: true, dataJson: true },
    });
    const steps = (kind: string) =>
      kinds.filter((event) => event.kind === kind).map((event) => JSON.parse(event.dataJson).step);
    const effects = ['pull', 'sign-commits', 'update-refs', 'publish'];
    expect([steps('run.effect-intended'), steps('run.effect-done')]).toEqual([effects, effects]);
    expect(kinds.filter((event) => event.kind === 'run.ref-moved')).toHaveLength(2);
  });

  test('brings the history back to the target’s head, every commit of it signed', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const middle = pipeline.headOf(pipeline.source, a) as string;
    const head = pipeline.commit(a, { 'etc/version': '3' });
    const requested = await pipeline.approve([a]);
    await runToEnd(pipeline, requested);
    await expectPublishedOnce(pipeline, requested);
    const publicKey = Buffer.from(pipeline.target.publicKeys.ed25519 as string, 'base64');
    for (const checksum of [head, middle]) {
      const bytes = readFileSync(objectOf(pipeline.target.path, checksum, 'commit'));
      const { ed25519 } = parseSignatureSet(
        readFileSync(objectOf(pipeline.target.path, checksum, 'commitmeta')),
      );
      expect(ed25519.map((blob) => verifyEd25519(publicKey, bytes, blob))).toEqual([true]);
    }
  });

  test('of a new ref brings that commit alone', async () => {
    await suite.begin();
    const { pipeline } = suite;
    pipeline.commit('os/riscv64/main', { 'etc/version': '1' });
    const head = pipeline.commit('os/riscv64/main', { 'etc/version': '2' });
    const requested = await pipeline.approve(['os/riscv64/main']);
    expect(requested.plan.refs[0]?.expectedChecksum).toBeNull();
    await runToEnd(pipeline, requested);
    await expectPublishedOnce(pipeline, requested);
    expect(ostree('log', `--repo=${pipeline.target.path}`, head)).toContain(
      'History beyond this commit not fetched',
    );
  });

  test('with both kinds of keys and an overlap', async () => {
    await suite.begin({ hasGpg: true, overlapSeconds: 1 });
    const { pipeline } = suite;
    for (const ref of [a, b]) {
      const requested = await pipeline.approve([ref]);
      await runToEnd(pipeline, requested);
      await expectPublishedOnce(pipeline, requested);
    }
  });

  test('into a stage without keys stays unsigned', async () => {
    await suite.begin({ hasEd25519: false });
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    expect((await runToEnd(pipeline, requested)).state).toBe('published');
    expect(existsSync(join(pipeline.target.path, 'summary'))).toBe(true);
    expect(existsSync(join(pipeline.target.path, 'summary.sig'))).toBe(false);
    expectClean(pipeline.target);
  });

  test('after another: the second of one ref is stale, of another ref it follows', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const [first, same, other] = [
      await pipeline.approve([a]),
      await pipeline.approve([a]),
      await pipeline.approve([b]),
    ];
    const worker = startLocalWorker(pipeline);
    await until(
      () => worker.said.join('\n'),
      async () => (await readPromotion(pipeline, other)).state === 'published',
    );
    await worker.stop();
    await expectPublishedOnce(pipeline, first);
    await expectPublishedOnce(pipeline, other);
    expect((await readPromotion(pipeline, same)).state).toBe('stale');
    expect(await terminalEvents(pipeline, same)).toEqual(['run.stale']);
  });

  test('by two workers at once is done once', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = [await pipeline.approve([a]), await pipeline.approve([b])];
    const workers = [startLocalWorker(pipeline), startLocalWorker(pipeline), startLocalWorker(pipeline)];
    for (const each of requested) {
      await until(
        () => workers.map((worker) => worker.said).join('\n'),
        async () => (await readPromotion(pipeline, each)).state === 'published',
      );
    }
    for (const worker of workers) await worker.stop();
    for (const each of requested) {
      await expectPublishedOnce(pipeline, each);
      expect((await readPromotion(pipeline, each)).runs[0]?.fencingToken).toBe(1);
    }
  });
});
