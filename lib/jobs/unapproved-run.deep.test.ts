import { describe, expect, test } from 'vitest';
import type { Plan } from '../contracts/promotion';
import { lookAt } from './testing/invariants';
import { runToEnd } from './testing/local-worker';
import { breakingGlass, type Pipeline, type Requested } from './testing/pipeline';
import { runSuite, slow } from './testing/run-suite';

const a = 'os/amd64/main';
const suite = runSuite();

describe('an emergency', slow, () => {
  test('does not go past what keeps a repository whole', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const glass = await breakingGlass(pipeline, ['manager']);
    await pipeline.db.edge.update({
      where: { id: pipeline.edgeId },
      data: { versionCheck: 'required', fastForwardCheck: 'required' },
    });
    pipeline.commit(a, { 'etc/version': '3' });
    const requested = await pipeline.approve(
      [a],
      (plan) => ({ ...glass(plan), refs: plan.refs.map((ref) => ({ ...ref, expectedChecksum: null })) }),
      null,
    );
    const was = lookAt(pipeline.target);
    await runToEnd(pipeline, requested);
    await suite.expectUntouched(requested, was, {
      state: 'stale',
      code: 'target-moved',
      message: /not at nothing/,
      step: 'preflight',
    });
  });

  test.each<[string, RegExp, (pipeline: Pipeline, requested: Requested) => Promise<unknown>]>([
    [
      'of somebody who is not in the group any more',
      /no release manager of oncall any more/,
      ({ db }) => db.groupMember.deleteMany({}),
    ],
    [
      'of somebody who was disabled',
      /any more/,
      ({ db }) => db.person.update({ where: { id: 'manager' }, data: { disabledAt: new Date() } }),
    ],
    [
      'of somebody who is no release manager for the stage',
      /any more/,
      ({ db, target }) =>
        db.stageRole.create({ data: { personId: 'manager', stageId: target.id, role: 'viewer' } }),
    ],
    [
      'of a program',
      /any more/,
      ({ db }) => db.person.update({ where: { id: 'manager' }, data: { role: 'service' } }),
    ],
    [
      'with a token',
      /with no token/,
      ({ db }, { promotionId }) =>
        db.promotion.update({ where: { id: promotionId }, data: { sponsorIds: '["reviewer"]' } }),
    ],
    [
      'along an edge that lets nobody',
      /does not let oncall/,
      ({ db, edgeId }) => db.edge.update({ where: { id: edgeId }, data: { emergencyGroupId: null } }),
    ],
    [
      'of somebody else',
      /was not in oncall/,
      ({ db }, { promotionId }) =>
        db.promotion.update({ where: { id: promotionId }, data: { requesterId: 'reviewer' } }),
    ],
  ])('%s is not carried out', async (_, message, change) => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a], await breakingGlass(pipeline, ['manager']), null);
    await change(pipeline, requested);
    const was = lookAt(pipeline.target);
    await runToEnd(pipeline, requested);
    await suite.expectUntouched(requested, was, {
      state: 'stale',
      code: 'plan-changed',
      message,
      step: 'preflight',
    });
  });
});

test(
  'what was approved by somebody who is no reviewer for the stage any more is not carried out',
  slow,
  async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    const stageId = pipeline.target.id;
    await pipeline.db.stageRole.create({ data: { personId: 'reviewer', stageId, role: 'viewer' } });
    const was = lookAt(pipeline.target);
    await runToEnd(pipeline, requested);
    await suite.expectUntouched(requested, was, {
      state: 'stale',
      code: 'plan-changed',
      message: /is not approved/,
      step: 'preflight',
    });
  },
);

test('what was approved by somebody who is a reviewer for the stage alone is carried out', slow, async () => {
  await suite.begin();
  const { pipeline } = suite;
  const { db, target } = pipeline;
  await db.person.update({ where: { id: 'reviewer' }, data: { role: 'viewer' } });
  await db.stageRole.create({ data: { personId: 'reviewer', stageId: target.id, role: 'reviewer' } });
  const requested = await pipeline.approve([a]);
  await runToEnd(pipeline, requested);
  expect(pipeline.headOf(target, a)).toBe(requested.plan.refs[0]?.resultingChecksum);
});

test(
  'a plan that says that it is automatic and needs no approval is not carried out where the edge does not say so',
  slow,
  async () => {
    await suite.begin();
    const { pipeline } = suite;
    await pipeline.db.edge.update({ where: { id: pipeline.edgeId }, data: { automaticRefs: '["os/**"]' } });
    const forge = (plan: Plan): Plan =>
      plan.version === 1 ? plan : { ...plan, automatic: { approval: 'none' } };
    const requested = await pipeline.approve([a], forge, null);
    const asked = { requesterId: 'automatic' };
    await pipeline.db.promotion.update({ where: { id: requested.promotionId }, data: asked });
    const was = lookAt(pipeline.target);
    await runToEnd(pipeline, requested);
    await suite.expectUntouched(requested, was, {
      state: 'stale',
      code: 'plan-changed',
      message: /asks for approvals of what it promotes by itself/,
      step: 'preflight',
    });
  },
);
