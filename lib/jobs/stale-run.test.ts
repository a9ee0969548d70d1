import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { planChecksum, planJson } from '../promotion/plan-checksum';
import { expectPublishedOnce, lookAt } from './testing/invariants';
import { runToEnd } from './testing/local-worker';
import { longAgo, objectOf, ostree, type Pipeline, type Requested, voidApproval } from './testing/pipeline';
import { runSuite, slow } from './testing/run-suite';
import { signerBut } from './testing/waiting-run';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
const suite = runSuite();

describe('a run is stale, and nothing was changed', slow, () => {
  test('where the target has moved', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    ostree('pull-local', `--repo=${pipeline.target.path}`, pipeline.source.path, a);
    const was = lookAt(pipeline.target);
    await runToEnd(pipeline, requested);
    await suite.expectUntouched(requested, was, {
      state: 'stale',
      code: 'target-moved',
      message: /os\/amd64\/main in production is at/,
      step: 'preflight',
    });
  });

  test('where one of two refs has moved', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a, b]);
    ostree('refs', `--repo=${pipeline.target.path}`, '--delete', b);
    const was = lookAt(pipeline.target);
    await runToEnd(pipeline, requested);
    await suite.expectUntouched(requested, was, {
      state: 'stale',
      code: 'target-moved',
      message: /os\/arm64\/main/,
      step: 'preflight',
    });
  });

  test('where the source commit is partial by now', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    writeFileSync(
      join(pipeline.source.path, 'state', `${requested.plan.refs[0]?.sourceChecksum}.commitpartial`),
      '',
    );
    const was = lookAt(pipeline.target);
    await runToEnd(pipeline, requested);
    await suite.expectUntouched(requested, was, {
      state: 'stale',
      code: 'source-changed',
      message: /no longer complete/,
      step: 'preflight',
    });
  });

  test('where the source commit is gone', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    rmSync(objectOf(pipeline.source.path, requested.plan.refs[0]?.sourceChecksum as string, 'commit'));
    const was = lookAt(pipeline.target);
    await runToEnd(pipeline, requested);
    await suite.expectUntouched(requested, was, {
      state: 'stale',
      code: 'source-changed',
      message: /no longer there/,
      step: 'preflight',
    });
  });

  test('where the edge asks for the head of the source ref, and it has moved on', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a], (plan) => ({ ...plan, requireSourceHead: true }));
    pipeline.commit(a, { 'etc/version': '3' });
    const was = lookAt(pipeline.target);
    await runToEnd(pipeline, requested);
    await suite.expectUntouched(requested, was, {
      state: 'stale',
      code: 'source-changed',
      message: /has moved on/,
      step: 'preflight',
    });
  });

  test('but a source ref that has moved on is no reason otherwise', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    pipeline.commit(a, { 'etc/version': '3' });
    await runToEnd(pipeline, requested);
    await expectPublishedOnce(pipeline, requested);
  });

  test.each<[string, RegExp, (requested: Requested, pipeline: Pipeline) => Promise<unknown>]>([
    [
      'where the plan was forged',
      /not the approved one/,
      ({ promotionId, plan }, pipeline) =>
        pipeline.db.promotion.update({
          where: { id: promotionId },
          data: { planJson: planJson({ ...plan, verifyObjects: false }) },
        }),
    ],
    [
      'where the plan was forged with its checksum',
      /not approved/,
      ({ promotionId, plan }, pipeline) => {
        const forged = { ...plan, verifyObjects: false };
        return pipeline.db.promotion.update({
          where: { id: promotionId },
          data: { planJson: planJson(forged), planChecksum: planChecksum(forged) },
        });
      },
    ],
    [
      'where the requester is the only one who approved',
      /not approved/,
      ({ promotionId }, pipeline) =>
        pipeline.db.promotion.update({ where: { id: promotionId }, data: { requesterId: 'reviewer' } }),
    ],
    [
      'where the only one who approved has planned it anew',
      /not approved/,
      ({ promotionId }, pipeline) =>
        pipeline.db.promotion.update({ where: { id: promotionId }, data: { replannedById: 'reviewer' } }),
    ],
    [
      'where the only one who approved holds the token that it was asked for with',
      /not approved/,
      ({ promotionId }, pipeline) =>
        pipeline.db.promotion.update({ where: { id: promotionId }, data: { sponsorIds: '["reviewer"]' } }),
    ],
    [
      'where the approval was voided',
      /was voided/,
      ({ promotionId }, pipeline) => voidApproval(pipeline, promotionId),
    ],
    [
      'where who approved is no reviewer any more',
      /not approved/,
      (_, pipeline) => pipeline.db.person.update({ where: { id: 'reviewer' }, data: { role: 'viewer' } }),
    ],
  ])('%s', async (_, message, forge) => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    await forge(requested, pipeline);
    const was = lookAt(pipeline.target);
    await runToEnd(pipeline, requested);
    await suite.expectUntouched(requested, was, {
      state: 'stale',
      code: 'plan-changed',
      message,
      step: 'preflight',
    });
  });

  test('where the approvals have expired before it began', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a], undefined, longAgo());
    const was = lookAt(pipeline.target);
    await runToEnd(pipeline, requested);
    await suite.expectUntouched(requested, was, {
      state: 'stale',
      code: 'plan-changed',
      message: /expired \(after 72 h\)/,
      step: 'preflight',
    });
  });

  test('where an approval is voided while it runs, right before the refs would move', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    const was = lookAt(pipeline.target);
    const signer = signerBut(pipeline, (real) => ({
      signCommit: async (...of) => {
        const signatures = await real.signCommit(...of);
        await voidApproval(pipeline, requested.promotionId);
        return signatures;
      },
    }));
    await runToEnd(pipeline, requested, { signer });
    await suite.expectUntouched(requested, was, {
      state: 'stale',
      code: 'plan-changed',
      message: /was voided/,
      step: 'update-refs',
    });
  });

  test('where the edge was changed since', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    await pipeline.db.edge.update({ where: { id: pipeline.edgeId }, data: { policyVersion: 2 } });
    const was = lookAt(pipeline.target);
    await runToEnd(pipeline, requested);
    await suite.expectUntouched(requested, was, {
      state: 'stale',
      code: 'plan-changed',
      message: /edge/,
      step: 'preflight',
    });
  });
});
