import type { Plan, PlanFacts } from '../contracts/promotion';
import { AppError, isAppError } from '../errors';
import { hasStoodHere } from '../jobs/has-stood-here';
import {
  type Checksum,
  type Commit,
  commitState,
  countDifference,
  hasObject,
  parseChecksum,
  planRecommit,
  readCommit,
  resolveRef,
} from '../ostree';
import { recommitTimestamp } from '../promotion/plan';
import { conflictingRef, openPromotions, type PlannedRef } from './plan-ref';
import type { PlanStages } from './plan-stages';
import type { ServiceContext } from './service-context';
import { isoOfSeconds } from './stage-dto';
import { commitSignatures } from './verified-signatures';

/**
 * Plans to take one ref of the target back to a commit that it has been at before: an ancestor of its head, or one that a
 * promotion put there or replaced there. All of it is read in the target itself.
 *
 * @throws AppError `ostree/ref-not-found`; `input-invalid` where the ref has never been at the commit; `nothing-to-promote`
 *   where it is at it, or has its tree already
 */
export async function planRollbackRef(
  ctx: ServiceContext,
  stages: PlanStages,
  wanted: { ref: string; checksum: string },
): Promise<PlannedRef> {
  const { edge, target } = stages;
  const { ref } = wanted;
  const head = resolveRef(target, ref);
  if (head === null) {
    throw new AppError('ostree/ref-not-found', `the stage ${edge.to.name} has no ref ${ref}`, {
      details: { stage: edge.to.name, ref },
    });
  }
  const to = parseChecksum(wanted.checksum);
  await requireFormer(ctx, stages, { ref, head, to });
  const commit = readCommit(target, to);
  const replaced = readCommit(target, head);
  const planned = plannedRef(stages, { ref, commit, replaced });
  const signatures = await commitSignatures(ctx, { repos: stages.repos, stage: edge.to }, target, to);
  return {
    planned,
    facts: await rollbackFacts(stages, { planned, commit, replaced }),
    findings: {
      sourceRef: ref,
      targetRef: ref,
      source: {
        checksum: to,
        timestamp: commit.timestamp,
        version: commit.version,
        refBindings: commit.refBindings,
        collectionBinding: commit.collectionBinding,
        state: commitState(target, to),
        isHead: false,
        isNewest: false,
        isTrusted: true,
        hasSignatures: signatures.length > 0,
      },
      target: replaced,
      isDescendant: false,
      conflictingRef: conflictingRef(stages, ref),
      openPromotions: await openPromotions(ctx, stages, ref),
    },
    // What is made anew has to be signed anew.
    carriedKeyIds:
      stages.mode === 'recommit'
        ? []
        : signatures.flatMap(({ key, state }) => (state === 'valid' && key !== null ? [key] : [])),
  };
}

async function requireFormer(
  ctx: ServiceContext,
  { edge, target }: PlanStages,
  { ref, head, to }: { ref: string; head: Checksum; to: Checksum },
): Promise<void> {
  if (to === head) {
    throw new AppError('nothing-to-promote', `${edge.to.name} has ${ref} at this commit already`, {
      details: { stage: edge.to.name, ref },
    });
  }
  const details = { stage: edge.to.name, ref, checksum: to };
  if (!(await hasStoodHere(ctx.db, target, { stageId: edge.toStageId, ref, head, checksum: to }))) {
    throw new AppError('input-invalid', `${ref} in ${edge.to.name} has never been at ${to}`, { details });
  }
  if (!hasObject(target, to, 'commit')) {
    throw new AppError('input-invalid', `the commit ${to} is no longer in ${edge.to.name}`, { details });
  }
}

function plannedRef(
  { edge, mode, target }: PlanStages,
  { ref, commit, replaced }: { ref: string; commit: Commit; replaced: Commit },
): Plan['refs'][number] {
  const planned = {
    sourceRef: ref,
    targetRef: ref,
    sourceChecksum: commit.checksum,
    contentChecksum: commit.contentChecksum,
    expectedChecksum: replaced.checksum,
  };
  if (mode === 'identity') return { ...planned, resultingChecksum: commit.checksum, timestamp: null };
  if (commit.contentChecksum === replaced.contentChecksum) {
    throw new AppError('nothing-to-promote', `${edge.to.name} has ${ref} with this very tree already`, {
      details: { stage: edge.to.name, ref },
    });
  }
  const timestamp = recommitTimestamp(commit.timestamp, replaced.timestamp);
  const made = planRecommit(target, target, {
    from: commit.checksum,
    toRef: ref,
    timestamp,
    parent: replaced.checksum,
  });
  return { ...planned, resultingChecksum: made.checksum, timestamp };
}

async function rollbackFacts(
  { target }: PlanStages,
  { planned, commit, replaced }: { planned: Plan['refs'][number]; commit: Commit; replaced: Commit },
): Promise<PlanFacts['refs'][number]> {
  const isNew = planned.timestamp !== null;
  const { bytes } = await difference(target, replaced.checksum, commit.checksum);
  return {
    targetRef: planned.targetRef,
    fromVersion: replaced.version,
    toVersion: commit.version,
    fromTimestamp: isoOfSeconds(replaced.timestamp),
    toTimestamp: isoOfSeconds(planned.timestamp ?? commit.timestamp),
    subject: commit.subject,
    commits: isNew ? 1 : 0,
    newObjects: isNew ? 1 : 0,
    newBytes: String(bytes),
    willLink: true,
  };
}

/** What is not whole is told by a check of the plan: there is nothing to count then. */
async function difference(
  target: PlanStages['target'],
  from: Checksum,
  to: Checksum,
): Promise<{ bytes: number }> {
  try {
    return await countDifference(target, { from, to });
  } catch (error) {
    if (isAppError(error, 'ostree/commit-partial') || isAppError(error, 'ostree/object-missing')) {
      return { bytes: 0 };
    }
    throw error;
  }
}
