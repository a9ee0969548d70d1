import { isRemoval, type PlanResultDto } from '../contracts/promotion';
import { findPromotionsIn } from '../db/promotion';
import { isAppError } from '../errors';
import { type Checksum, parseChecksum } from '../ostree';
import { parsePlan } from '../promotion/plan-checksum';
import { commitInfo } from './commit-info';
import type { PlanStages } from './plan-stages';
import { relateRefs } from './ref-relation';
import type { ServiceContext } from './service-context';

type Planned = { targetRef: string; sourceChecksum: string };
type Row = { refs: readonly Planned[] };

/** Requests along the edge of a plan that no worker has begun, and whose refs it moves too, none to an older commit. */
export async function findSupersedable(
  ctx: ServiceContext,
  stages: PlanStages,
  planned: readonly Planned[],
): Promise<PlanResultDto['supersedable']> {
  // Neither is a substitute for the other.
  if (isRemoval(stages)) return [];
  const rows = (await findPromotionsIn(ctx.db, ['requested', 'approved'], stages.edge.id)).filter(
    ({ planJson }) => !isRemoval(parsePlan(planJson)),
  );
  return rows
    .filter((row) => leftOutOf(row, planned) === null && olderRefOf(ctx, stages, row, planned) === null)
    .map(({ number, requester, state }) => ({
      number,
      requester: requester.displayName,
      isApproved: state === 'approved',
    }));
}

/** A ref that the request moves and the plan does not; null where there is none. */
export function leftOutOf({ refs }: Row, planned: readonly Planned[]): string | null {
  return (
    refs.find(({ targetRef }) => !planned.some((each) => each.targetRef === targetRef))?.targetRef ?? null
  );
}

/** A ref that the plan would move to an older commit than the request does; null where there is none. */
function olderRefOf(
  ctx: ServiceContext,
  stages: PlanStages,
  { refs }: Row,
  planned: readonly Planned[],
): string | null {
  const older = refs.find(({ targetRef, sourceChecksum }) => {
    const now = planned.find((each) => each.targetRef === targetRef);
    if (!now) return false;
    return !isSameOrLater(ctx, stages, parseChecksum(now.sourceChecksum), parseChecksum(sourceChecksum));
  });
  return older?.targetRef ?? null;
}

/** By history; by the time they were made where neither is in the other's. What is gone from the source is not later. */
function isSameOrLater(
  ctx: ServiceContext,
  { source: repo }: PlanStages,
  now: Checksum,
  before: Checksum,
): boolean {
  try {
    const { relation } = relateRefs(ctx, { repo, checksum: now }, { repo, checksum: before }, 'identity');
    if (relation !== 'diverged') return relation === 'same' || relation === 'ahead';
    return commitInfo(ctx, repo, now).timestamp >= commitInfo(ctx, repo, before).timestamp;
  } catch (error) {
    if (isAppError(error, 'ostree/object-missing')) return true;
    throw error;
  }
}
