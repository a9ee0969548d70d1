import type { CheckDto, Plan, PlanFacts } from '../contracts/promotion';
import type { Reader } from '../db/client';
import type { EdgeRow } from '../db/edge';
import type { FullPromotion } from '../db/promotion';
import { readSoakStarts } from '../db/source-sighting';
import { checkSoak } from '../promotion/check-soak';
import { parsePlan } from '../promotion/plan-checksum';

/** Checks that are looked at anew each time somebody looks: what they say changes by itself. */
const liveCodes = ['soak'];

/** How long the commits of a plan have been in the source stage at `at`, where the edge asks for it. */
export async function readSoakChecks(db: Reader, plan: Plan, edge: EdgeRow, at: Date): Promise<CheckDto[]> {
  if (edge.soakHours === 0) return [];
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
  const live = await readSoakChecks(db, plan, row.edge, at);
  const kept = facts.checks.filter(({ code }) => !liveCodes.includes(code));
  return { ...facts, checks: [...live, ...kept] };
}
