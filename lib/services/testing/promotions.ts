import type { PersonActor } from '../../auth/actor';
import type { PlanResultDto, PromotionDto } from '../../contracts/promotion';
import { createPlan } from '../create-plan';
import { createPromotion } from '../create-promotion';
import { decidePromotion } from '../decide-promotion';
import { makeTestPipeline, REF, type TestPipeline } from './pipeline';
import { makeWorld, type World } from './world';

/** A pipeline with the people who promote along it. */
export interface PromotionBench {
  world: World;
  pipeline: TestPipeline;
  manager: PersonActor;
  reviewer: PersonActor;
  /** Another reviewer. */
  second: PersonActor;
  /** The plan for the head of dev, as the manager sees it. */
  plan(): Promise<PlanResultDto>;
  /** A request for that plan. */
  request(reason?: string): Promise<PromotionDto>;
  decide(promotion: PromotionDto, actor: PersonActor, decision?: 'approve' | 'reject'): Promise<PromotionDto>;
  /** Leaves a promotion and its run as a worker would that ended it so. */
  end(promotion: PromotionDto, state: 'failed' | 'stale' | 'published'): Promise<void>;
  /** Closes everything that is open, so that each test begins with nothing. */
  clear(): Promise<void>;
}

/** What every request of these tests asks for. */
export const refs = [{ ref: REF }];

export async function makePromotionBench(): Promise<PromotionBench> {
  const world = await makeWorld();
  const pipeline = await makeTestPipeline(world);
  const manager = await world.person('release-manager');
  const { db, ctx, clock } = world;
  const edge = pipeline.edge.id;
  const plan = () => createPlan(ctx, manager, { edge, refs });
  return {
    world,
    pipeline,
    manager,
    reviewer: await world.person('reviewer'),
    second: await world.person('reviewer', 'second'),
    plan,
    request: async (reason = 'because of reasons') => {
      const { planChecksum } = await plan();
      return createPromotion(ctx, manager, { edge, refs, planChecksum, reason });
    },
    decide: ({ number, planChecksum }, actor, decision = 'approve') =>
      decidePromotion(ctx, actor, { number, decision, planChecksum, comment: 'seen' }),
    async end({ number }, state) {
      const { id } = await db.promotion.findUniqueOrThrow({ where: { number } });
      const endedAt = clock.now();
      const run = { state: state === 'published' ? 'done' : state, endedAt, activeKey: null };
      await db.run.updateMany({ where: { promotionId: id }, data: run });
      await db.promotion.update({ where: { id }, data: { state, endedAt } });
    },
    async clear() {
      const open = { state: { in: ['queued', 'running'] } };
      await db.run.updateMany({ where: open, data: { state: 'failed', activeKey: null } });
      await db.promotion.updateMany({ data: { state: 'withdrawn' } });
    },
  };
}
