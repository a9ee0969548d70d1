import type { Plan, PlanFacts } from '../contracts/promotion';
import { findOpenPromotionsInto } from '../db/promotion';
import { AppError } from '../errors';
import {
  type Checksum,
  type Commit,
  commitState,
  hasObject,
  listRefs,
  parseChecksum,
  planRecommit,
  readCommit,
  resolveRef,
} from '../ostree';
import { isSourceTrusted } from '../promotion/check-keys';
import type { RefFindings } from '../promotion/check-plan';
import { recommitTimestamp } from '../promotion/plan';
import { openStates } from '../promotion/state-machine';
import { historyOf } from './commit-info';
import { countNewObjects } from './count-new-objects';
import { type PlanStages, ruleKeys } from './plan-stages';
import { relateRefs } from './ref-relation';
import type { ServiceContext } from './service-context';
import { isoOfSeconds } from './stage-dto';
import { commitSignatures } from './verified-signatures';

/** One ref of a plan, with what stands beside it. */
export interface PlannedRef {
  planned: Plan['refs'][number];
  facts: PlanFacts['refs'][number];
  findings: RefFindings;
  /** Keys whose signatures the source commit brings along. */
  carriedKeyIds: string[];
}

/**
 * Plans one ref.
 * @param isAskedAsNewest the commit was the head of its ref when it was asked for
 * @throws AppError as `makePlan`
 */
export async function planRef(
  ctx: ServiceContext,
  stages: PlanStages,
  wanted: { sourceRef: string; targetRef: string; checksum: string | null },
  isAskedAsNewest = false,
): Promise<PlannedRef> {
  const { edge, source, target, mode } = stages;
  const { sourceRef, targetRef } = wanted;
  const head = resolveRef(source, sourceRef);
  if (head === null) {
    throw new AppError('ostree/ref-not-found', `the stage ${edge.from.name} has no ref ${sourceRef}`, {
      details: { stage: edge.from.name, ref: sourceRef },
    });
  }
  const sourceChecksum = wanted.checksum === null ? head : parseChecksum(wanted.checksum);
  if (sourceChecksum !== head) requireInHistory(ctx, stages, sourceRef, head, sourceChecksum);
  const commit = readCommit(source, sourceChecksum);
  const expected = resolveRef(target, targetRef);
  const replaced =
    expected !== null && hasObject(target, expected, 'commit') ? readCommit(target, expected) : null;
  const isSame =
    mode === 'identity' ? expected === sourceChecksum : replaced?.contentChecksum === commit.contentChecksum;
  if (isSame) {
    throw new AppError('nothing-to-promote', `${edge.to.name} has ${targetRef} at this commit already`, {
      details: { stage: edge.to.name, ref: targetRef },
    });
  }
  const timestamp =
    mode === 'recommit' ? recommitTimestamp(commit.timestamp, replaced?.timestamp ?? null) : null;
  const resulting =
    timestamp === null
      ? sourceChecksum
      : planRecommit(source, target, { from: sourceChecksum, toRef: targetRef, timestamp }).checksum;
  const planned = {
    sourceRef,
    targetRef,
    sourceChecksum,
    contentChecksum: commit.contentChecksum,
    expectedChecksum: expected,
    resultingChecksum: resulting,
    timestamp,
  };
  const signatures = await commitSignatures(
    ctx,
    { repos: stages.repos, stage: edge.from },
    source,
    sourceChecksum,
  );
  const carried = await commitSignatures(
    ctx,
    { repos: stages.repos, stage: edge.to },
    source,
    sourceChecksum,
  );
  return {
    planned,
    facts: await refFacts(stages, { planned, commit, replaced }),
    findings: {
      sourceRef,
      targetRef,
      source: {
        checksum: sourceChecksum,
        timestamp: commit.timestamp,
        version: commit.version,
        refBindings: commit.refBindings,
        collectionBinding: commit.collectionBinding,
        state: commitState(source, sourceChecksum),
        isHead: sourceChecksum === head,
        isNewest: sourceChecksum === head || isAskedAsNewest,
        isTrusted: isSourceTrusted(ruleKeys(edge.from), signatures),
        hasSignatures: signatures.length > 0,
      },
      target: replaced,
      isDescendant: isDescendant(ctx, stages, sourceChecksum, replaced),
      conflictingRef: conflictingRef(stages, targetRef),
      openPromotions: await openPromotions(ctx, stages, targetRef),
    },
    // Only what keeps its bytes keeps its signatures.
    carriedKeyIds:
      mode === 'recommit'
        ? []
        : carried.flatMap(({ key, state }) => (state === 'valid' && key !== null ? [key] : [])),
  };
}

function requireInHistory(
  ctx: ServiceContext,
  { source, edge }: PlanStages,
  ref: string,
  head: Checksum,
  checksum: Checksum,
): void {
  for (const info of historyOf(ctx, source, head)) if (info.checksum === checksum) return;
  throw new AppError(
    'input-invalid',
    `the commit ${checksum} is not in the history of ${ref} in ${edge.from.name}`,
    {
      details: { ref, checksum },
    },
  );
}

async function refFacts(
  stages: PlanStages,
  of: { planned: Plan['refs'][number]; commit: Commit; replaced: Commit | null },
): Promise<PlanFacts['refs'][number]> {
  const { planned, commit, replaced } = of;
  const counted = await countNewObjects(stages, planned);
  return {
    targetRef: planned.targetRef,
    fromVersion: replaced?.version ?? null,
    toVersion: commit.version,
    fromTimestamp: replaced ? isoOfSeconds(replaced.timestamp) : null,
    toTimestamp: isoOfSeconds(planned.timestamp ?? commit.timestamp),
    subject: commit.subject,
    commits: counted.commits,
    newObjects: counted.newObjects,
    newBytes: counted.newBytes,
    willLink: counted.willLink,
  };
}

function isDescendant(
  ctx: ServiceContext,
  { source, target, mode }: PlanStages,
  checksum: Checksum,
  replaced: Commit | null,
): boolean {
  if (replaced === null) return true;
  const heads = [
    { repo: source, checksum },
    { repo: target, checksum: replaced.checksum },
  ] as const;
  return relateRefs(ctx, heads[0], heads[1], mode).relation === 'ahead';
}

/** A ref that stands where this one needs a folder, or is in a folder where this one would stand. */
export function conflictingRef({ target }: Pick<PlanStages, 'target'>, ref: string): string | null {
  const found = listRefs(target).find(
    (entry) => entry.ref.startsWith(`${ref}/`) || ref.startsWith(`${entry.ref}/`),
  );
  return found?.ref ?? null;
}

/** Numbers of open promotions that write the ref of the target, but for the one that ends with this. */
export async function openPromotions(
  ctx: ServiceContext,
  { edge, superseded }: Pick<PlanStages, 'edge' | 'superseded'>,
  ref: string,
): Promise<number[]> {
  const open = await findOpenPromotionsInto(ctx.db, edge.toStageId, [ref], openStates);
  return open.map((promotion) => promotion.number).filter((number) => number !== superseded);
}
