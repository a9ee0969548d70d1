import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Plan } from '../contracts/promotion';
import { parseChecksum } from '../ostree/format/checksum';
import { parseSignatureSet } from '../ostree/format/signatures';
import { openRepo } from '../ostree/repo/open-repo';
import { readCommit } from '../ostree/repo/read-commit';
import { verifyEd25519 } from '../ostree/sign/ed25519';
import { planRecommit } from '../ostree/write/recommit';
import { expectClean, expectPublishedOnce, lookAt, terminalEvents } from './testing/invariants';
import { readPromotion, runToEnd, startLocalWorker } from './testing/local-worker';
import { objectOf, ostree } from './testing/pipeline';
import { runSuite, slow } from './testing/run-suite';
import { until } from './testing/worker-process';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
const suite = runSuite();

/** The plan of the same refs, with commits made anew under another name. */
function recommitted(plan: Plan, targetRef: string, head: string | null): Plan {
  const { source, target } = suite.pipeline;
  const [from, to] = [openRepo(source.path), openRepo(target.path)];
  try {
    const refs = plan.refs.map((ref) => {
      const commit = readCommit(from, parseChecksum(ref.sourceChecksum));
      const parent = head === null ? null : parseChecksum(head);
      const { timestamp } = commit;
      const { checksum } = planRecommit(from, to, {
        from: commit.checksum,
        toRef: targetRef,
        timestamp,
        parent,
      });
      return { ...ref, targetRef, expectedChecksum: head, resultingChecksum: checksum, timestamp };
    });
    return { ...plan, mode: 'recommit', refs };
  } finally {
    from.close();
    to.close();
  }
}

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

  test('that makes the commit anew puts it under another name, on top of the target’s head', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const heads: string[] = [];
    for (const version of ['2', '3']) {
      if (version === '3')
        pipeline.commit(a, { 'etc/version': version }, { timestamp: '2026-03-01T00:00:00Z' });
      const requested = await pipeline.approve([a], (plan) =>
        recommitted(plan, 'os/stable', heads.at(-1) ?? null),
      );
      await runToEnd(pipeline, requested);
      await expectPublishedOnce(pipeline, requested);
      heads.push(requested.plan.refs[0]?.resultingChecksum as string);
    }
    const [first, second] = heads as [string, string];
    const show = (key: string) =>
      ostree('show', `--repo=${pipeline.target.path}`, `--print-metadata-key=${key}`, second);
    expect(show('ostree.ref-binding').trim()).toBe("['os/stable']");
    expect(ostree('rev-parse', `--repo=${pipeline.target.path}`, `${second}^`).trim()).toBe(first);
    expect(ostree('diff', `--repo=${pipeline.target.path}`, first, second)).toContain('/etc/version');
    const files = ostree('ls', '-R', '-C', `--repo=${pipeline.target.path}`, second);
    expect(files).toBe(ostree('ls', '-R', '-C', `--repo=${pipeline.source.path}`, a));
  });

  test('whose commit does not come out as planned is stale', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const was = lookAt(pipeline.target);
    const requested = await pipeline.approve([a], (plan) => {
      const planned = recommitted(plan, 'os/stable', null);
      return {
        ...planned,
        refs: planned.refs.map((ref) => ({ ...ref, timestamp: (ref.timestamp ?? 0) + 1 })),
      };
    });
    await runToEnd(pipeline, requested);
    await suite.expectUntouched(requested, was, {
      state: 'stale',
      code: 'plan-changed',
      message: /not the planned one/,
      step: 'pull',
    });
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
      // What a busy machine makes a worker try again is no second claim: it is not written down as one.
      const claims = await pipeline.db.auditEvent.count({
        where: { promotionNumber: each.number, kind: 'run.claimed' },
      });
      expect(claims, workers.map((worker) => worker.said).join('\n')).toBe(1);
    }
  });
});
