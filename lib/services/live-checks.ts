import { checkLevelSchema } from '../contracts/edge-checks';
import { type CheckDto, emergencyOf, isWithinStage, type Plan, type PlanFacts } from '../contracts/promotion';
import { findCheckReports } from '../db/check-report';
import type { Reader } from '../db/client';
import { type EdgeRow, expectedChecks } from '../db/edge';
import { findHolds } from '../db/hold';
import type { FullPromotion } from '../db/promotion';
import { readFsckedRefs } from '../db/source-fsck';
import { readSoakStarts } from '../db/source-sighting';
import { checkExternal } from '../promotion/check-external';
import { checkHolds } from '../promotion/check-holds';
import { checkSoak } from '../promotion/check-soak';
import { checkSourceFsck } from '../promotion/check-source-fsck';
import { parsePlan } from '../promotion/plan-checksum';

/** Checks that are looked at anew each time somebody looks: what they say changes by itself. */
const isLive = ({ code }: CheckDto) =>
  code === 'held' ||
  code === 'removed' ||
  code === 'soak' ||
  code === 'source-fsck' ||
  code.startsWith('external:');

/** How long the commits of a plan have been in the source stage at `at`, where the edge asks for it. */
export async function readSoakChecks(db: Reader, plan: Plan, edge: EdgeRow, at: Date): Promise<CheckDto[]> {
  if (edge.soakHours === 0 || isWithinStage(plan)) return [];
  const commits = plan.refs.map(({ sourceRef, sourceChecksum }) => ({
    ref: sourceRef,
    checksum: sourceChecksum,
  }));
  const starts = await readSoakStarts(db, edge.fromStageId, commits);
  return checkSoak(
    plan.refs.map(({ sourceRef, targetRef }, index) => ({
      sourceRef,
      targetRef,
      since: starts[index] ?? null,
    })),
    { hours: edge.soakHours, from: plan.edge.from, at },
  );
}

/**
 * What hashing the objects of the source commits found, where the edge asks for it. Before anybody has asked for the plan,
 * damage that was found for another one is no more than a reason to look again: it may be repaired.
 */
export async function readFsckChecks(
  db: Reader,
  plan: Plan,
  edge: EdgeRow,
  { isAsked }: { isAsked: boolean },
): Promise<CheckDto[]> {
  const level = checkLevelSchema.parse(edge.sourceFsckCheck);
  if (level === 'off' || isWithinStage(plan)) return [];
  const refs = await readFsckedRefs(db, edge.fromStageId, plan.refs);
  const counting = refs.map((ref) => (isAsked || ref.fsck?.damage === null ? ref : { ...ref, fsck: null }));
  return checkSourceFsck(counting, { level, from: plan.edge.from });
}

/** Which refs of the plan are held in the target; a rollback moves them all the same. */
export async function readHoldChecks(db: Reader, plan: Plan, edge: EdgeRow): Promise<CheckDto[]> {
  const refs = plan.refs.map(({ targetRef }) => targetRef);
  return checkHolds(plan, await findHolds(db, edge.toStageId, refs));
}

/**
 * The facts of a promotion with what changes by itself as it is at `now`, or was when its run passed its commit point or
 * it ended. Where the policy of the edge has changed since, they stay as they were noted.
 */
export async function withLiveChecks(
  db: Reader,
  row: FullPromotion,
  facts: PlanFacts,
  now: Date,
): Promise<PlanFacts> {
  const plan = parsePlan(row.planJson);
  if (row.edge.policyVersion !== plan.policyVersion) return facts;
  const at = row.runs.at(-1)?.committedAt ?? row.endedAt ?? now;
  const isToBegin = at === now && (row.state === 'requested' || row.state === 'approved');
  const held = isToBegin ? await readHoldChecks(db, plan, row.edge) : [];
  // An emergency waits for holds and for nothing else.
  if (emergencyOf(plan) !== null) {
    return {
      ...facts,
      checks: [...held, ...facts.checks.filter(({ code }) => code !== 'held' && code !== 'removed')],
    };
  }
  const expected = expectedChecks(row.edge, plan);
  const [reports, soak, fsck] = await Promise.all([
    expected.length === 0 ? [] : findCheckReports(db, row.id, row.planChecksum),
    readSoakChecks(db, plan, row.edge, at),
    readFsckChecks(db, plan, row.edge, { isAsked: true }),
  ]);
  // Once it moves its refs, or is over, no hold stops it.
  const kept = facts.checks.filter((check) => !isLive(check));
  return { ...facts, checks: [...held, ...checkExternal(expected, reports), ...soak, ...fsck, ...kept] };
}
