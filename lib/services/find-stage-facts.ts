import { checkLevelSchema } from '../contracts/edge-checks';
import { isWithinStage } from '../contracts/promotion';
import { findLedger, type StageWithKeys } from '../db/stage';
import { type Checksum, hasObject, listRefs, type Repo, readSummary } from '../ostree';
import { findUnrenewable, type PresentSignatures } from '../promotion/check-keys';
import type { StageFindings } from '../promotion/check-plan';
import type { PlannedRef } from './plan-ref';
import { type PlanStages, ruleKeys } from './plan-stages';
import type { ServiceContext } from './service-context';
import { commitSignatures, summarySignatures } from './verified-signatures';

/** What was found about the two stages of a plan. */
export async function findStageFacts(
  ctx: ServiceContext,
  stages: PlanStages,
  refs: readonly PlannedRef[],
): Promise<StageFindings> {
  const { edge, source, target } = stages;
  const targetKeys = ruleKeys(edge.to);
  const isSameMode = source.mode === target.mode;
  const isSameDisk = source.dev === target.dev;
  return {
    kind: stages.kind,
    from: isWithinStage(stages) ? edge.to.name : edge.from.name,
    to: edge.to.name,
    mode: stages.mode,
    requireSourceHead: edge.requireSourceHead,
    versionCheck: checkLevelSchema.parse(edge.versionCheck),
    fastForwardCheck: checkLevelSchema.parse(edge.fastForwardCheck),
    targetCollectionId: target.config.collectionId,
    sourceHasKeys: ruleKeys(edge.from).length > 0,
    targetHasSigningKey: targetKeys.some((key) => key.purpose === 'sign'),
    sourceRepoMode: source.mode,
    targetRepoMode: target.mode,
    willLink: isSameMode && isSameDisk && source.ownerUid === target.ownerUid,
    whyNoLink: !isSameMode
      ? 'the two keep content in different ways'
      : isSameDisk
        ? 'the objects have different owners'
        : 'the two lie on different file systems',
    hasAutoUpdateSummary: target.config.autoUpdateSummary,
    hasSummaryIndex: target.fs.lstat(`${target.root}/summary.idx`) !== null,
    lostSignatures: findUnrenewable(targetKeys, await presentSignatures(ctx, stages, refs)),
    driftedRefs: await driftedRefs(ctx, edge.to, target),
  };
}

/** What the target's clients see signed now: the summary, and the heads that would be replaced. */
async function presentSignatures(
  ctx: ServiceContext,
  { edge, repos, target }: PlanStages,
  refs: readonly PlannedRef[],
): Promise<PresentSignatures[]> {
  const from = { repos, stage: edge.to };
  const present: PresentSignatures[] = [];
  const summary = readSummary(target);
  if (summary) {
    const signatures = await summarySignatures(ctx, from, summary.bytes, summary.signatureBytes);
    present.push({ on: 'the summary', signatures, carriedKeyIds: [] });
  }
  for (const { planned, carriedKeyIds } of refs) {
    const head = planned.expectedChecksum as Checksum | null;
    if (head === null || !hasObject(target, head, 'commit')) continue;
    const signatures = await commitSignatures(ctx, from, target, head);
    present.push({ on: planned.targetRef, signatures, carriedKeyIds });
  }
  return present;
}

/** Refs of a stage that aren't what Treeline put there or adopted. */
async function driftedRefs(
  ctx: ServiceContext,
  stage: Pick<StageWithKeys, 'id'>,
  repo: Repo,
): Promise<string[]> {
  const ledger = new Map((await findLedger(ctx.db, stage.id)).map((row) => [row.ref, row.checksum]));
  const now = new Map(listRefs(repo).map((entry) => [entry.ref, entry.checksum as string]));
  const names = new Set([...ledger.keys(), ...now.keys()]);
  return [...names].filter((ref) => ledger.get(ref) !== now.get(ref)).sort();
}
