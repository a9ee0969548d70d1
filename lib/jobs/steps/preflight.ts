import { checkLevelSchema } from '../../contracts/edge-checks';
import { isRollback, isWithinStage } from '../../contracts/promotion';
import { AppError, isAppError } from '../../errors';
import type { Checksum } from '../../ostree/format/checksum';
import { parseSignatureSet } from '../../ostree/format/signatures';
import { canLink } from '../../ostree/pull/can-link';
import { listRefs } from '../../ostree/repo/list-refs';
import { type Commit, commitState, readCommit, readSignatures } from '../../ostree/repo/read-commit';
import { hasObject } from '../../ostree/repo/read-object';
import { readSummary } from '../../ostree/repo/read-summary';
import { resolveRef } from '../../ostree/repo/resolve-rev';
import { buildSummary } from '../../ostree/write/build-summary';
import { sweepRefs } from '../../ostree/write/sweep-refs';
import { assertDeletableRefs } from '../../ostree/write/write-refs';
import { findUnrenewable, isSourceTrusted, type PresentSignatures } from '../../promotion/check-keys';
import { checkPlan, type RefFindings, type StageFindings } from '../../promotion/check-plan';
import { whyNotOfKind } from '../../promotion/check-rollback';
import { assertHeads } from '../assert-heads';
import { buildWithoutRefs } from '../build-without-refs';
import { driftedRefs } from '../drifted-refs';
import { followsFrom } from '../follows-from';
import { hasStoodHere } from '../has-stood-here';
import { isIsolation } from '../isolation';
import { assertLocalFileSystem } from '../local-file-system';
import { openSource } from '../open-source';
import type { RefMove, RunScope } from '../run-scope';
import { attributeSignatures, missingSigners, ruleKeysOf, signKeysOf } from '../stage-keys';
import { assertNoWait } from '../waits/find-waits';

/** How long the signer has to say which keys it holds, in milliseconds. Signing itself is given longer. */
const signerAnswerMilliseconds = 1000;

/**
 * Looks at both repositories once more, under the locks: the target's heads are those of the plan, its commits are
 * there, and nothing that the plan was checked for has become false. Changes nothing.
 *
 * @throws AppError `target-moved`, `source-changed`, `plan-changed` where the world has moved on; `target-drifted`,
 *   `keys-insufficient`, `plan-blocked` where something is wrong; `must-wait` where it may not begin yet
 */
export async function preflight(scope: RunScope): Promise<void> {
  const { recorder, target, to } = scope;
  const source = openSource(scope);
  assertLocalFileSystem(target);
  if (!scope.isForward) await assertNoWait(scope.ctx.db, scope.candidate.promotion, scope.ctx.clock.now());
  assertSamePolicy(scope);
  assertHeads(scope);
  if (!scope.isForward) await assertOfKind(scope);
  for (const move of scope.moves) assertSourceCommit(scope, move);
  sweepRefs(target);
  const drifted = await driftedRefs(scope);
  if (drifted.length > 0) {
    throw new AppError(
      'target-drifted',
      `somebody else changed ${drifted.slice(0, 3).join(', ')} in ${to.name}; adopt it or put it back, then retry`,
      { details: { stage: to.name, ref: drifted[0] ?? null } },
    );
  }
  const findings: RefFindings[] = [];
  const carried = new Map<string, string[]>();
  for (const move of scope.moves) findings.push(await findRefFacts(scope, move, carried));
  const failed = checkPlan(await findStageFacts(scope, carried), findings).find(
    (check) => check.result === 'fail',
  );
  if (failed) {
    const code = failed.code === 'keys' ? 'keys-insufficient' : 'plan-blocked';
    throw new AppError(code, failed.ref === null ? failed.detail : `${failed.ref}: ${failed.detail}`, {
      details: { check: failed.code, ref: failed.ref },
    });
  }
  // What would stop the summary is better known before a ref has moved.
  if (scope.removals.length === 0) buildSummary(target, { now: scope.ctx.clock.now() });
  else assertRemovable(scope);
  await assertSignerHoldsKeys(scope);
  recorder.line(`${to.name} has the heads that the plan replaces`);
  for (const move of scope.moves) recorder.line(`${move.targetRef}: ${describeMove(move)}`);
  for (const { targetRef, expected } of scope.removals) {
    recorder.line(`${targetRef}: ${expected.slice(0, 10)} → none`);
  }
  if (!isWithinStage(scope.plan)) recorder.line(willLinkLine(scope, source));
  if (!target.config.fsync) {
    recorder.line(`core.fsync is off in ${to.name}: what others write there may not survive a power cut`);
  }
}

/** A plan says what it is: what takes a ref back is a rollback, and goes back to what the ref has been. */
async function assertOfKind({ ctx, plan, moves, target, to }: RunScope): Promise<void> {
  const why = whyNotOfKind(plan);
  if (why !== null) throw new AppError('plan-blocked', why);
  if (!isRollback(plan)) return;
  for (const { targetRef: ref, source, expected } of moves) {
    const of = { stageId: to.id, ref, head: expected as Checksum, checksum: source };
    if (await hasStoodHere(ctx.db, target, of)) continue;
    throw new AppError('plan-blocked', `${ref} in ${to.name} has never been at ${source}`, {
      details: { ref, commit: source },
    });
  }
}

/** @throws AppError `ostree/ref-conflict` where another ref is an alias of one that goes; as buildWithoutRefs */
function assertRemovable(scope: RunScope): void {
  const { target, removals } = scope;
  assertDeletableRefs(
    target,
    removals.map(({ targetRef }) => targetRef),
  );
  buildWithoutRefs(scope);
}

function describeMove({ expected, resulting }: RefMove): string {
  return `${expected === null ? 'new' : expected.slice(0, 10)} → ${resulting.slice(0, 10)}`;
}

function willLinkLine({ target, edge }: RunScope, source: RunScope['target']): string {
  if (source.mode !== target.mode)
    return `content will be written anew, from ${source.mode} into ${target.mode}`;
  const isolation = isIsolation(edge.isolation) ? edge.isolation : 'hardlink';
  return canLink(source, target, isolation) ? 'objects will be linked' : 'objects will be copied';
}

/** What was approved was approved under the edge's rules as they were. */
function assertSamePolicy({ plan, edge, from, to, isForward }: RunScope): void {
  if (isForward || plan.policyVersion === edge.policyVersion) return;
  throw new AppError(
    'plan-changed',
    `the edge from ${from.name} to ${to.name} was changed after the approval`,
    {
      details: { planned: plan.policyVersion, now: edge.policyVersion },
    },
  );
}

function assertSourceCommit(scope: RunScope, move: RefMove): void {
  const source = openSource(scope);
  const { from, plan } = scope;
  const details = { stage: from.name, ref: move.sourceRef, commit: move.source };
  const state = commitState(source, move.source);
  if (state !== 'complete') {
    const what = state === 'partial' ? 'is no longer complete' : 'is no longer there';
    throw new AppError('source-changed', `the commit ${move.source} of ${from.name} ${what}`, { details });
  }
  if (readCommit(source, move.source).contentChecksum !== move.content) {
    throw new AppError('plan-changed', `the commit ${move.source} does not have the planned content`, {
      details,
    });
  }
  if (plan.requireSourceHead && resolveRef(source, move.sourceRef) !== move.source) {
    throw new AppError('source-changed', `${move.sourceRef} in ${from.name} has moved on`, { details });
  }
}

async function findRefFacts(
  scope: RunScope,
  move: RefMove,
  carried: Map<string, string[]>,
): Promise<RefFindings> {
  const source = openSource(scope);
  const { edge, from, to, target, plan } = scope;
  const commit = readCommit(source, move.source);
  const replaced = replacedCommit(scope, move);
  const set = readSignatures(source, move.source);
  const signatures = await attributeSignatures(from.keys, commit.bytes, set);
  const kept = plan.mode === 'recommit' ? [] : await attributeSignatures(to.keys, commit.bytes, set);
  carried.set(
    move.targetRef,
    kept.flatMap(({ key, state }) => (state === 'valid' && key !== null ? [key] : [])),
  );
  const others = listRefs(target).map((entry) => entry.ref);
  const isInTheWay = (ref: string) =>
    ref.startsWith(`${move.targetRef}/`) || move.targetRef.startsWith(`${ref}/`);
  return {
    sourceRef: move.sourceRef,
    targetRef: move.targetRef,
    source: {
      checksum: move.source,
      timestamp: commit.timestamp,
      version: commit.version,
      refBindings: commit.refBindings,
      collectionBinding: commit.collectionBinding,
      state: commitState(source, move.source),
      isHead: resolveRef(source, move.sourceRef) === move.source,
      isNewest: true,
      isTrusted: isSourceTrusted(ruleKeysOf(from.keys), signatures),
      hasSignatures: signatures.length > 0,
    },
    target: replaced,
    // Where it is only advice it was shown when the plan was made, and stops nothing now.
    isDescendant:
      edge.fastForwardCheck !== 'required' ||
      isRollback(plan) ||
      followsFrom({ source, target, mode: plan.mode }, move, replaced),
    conflictingRef: others.find(isInTheWay) ?? null,
    openPromotions: [],
  };
}

function replacedCommit({ target }: RunScope, { expected }: RefMove): Commit | null {
  return expected !== null && hasObject(target, expected, 'commit') ? readCommit(target, expected) : null;
}

async function findStageFacts(
  scope: RunScope,
  carried: ReadonlyMap<string, string[]>,
): Promise<StageFindings> {
  const { edge, from, to, target, plan } = scope;
  const source = openSource(scope);
  const keys = ruleKeysOf(to.keys);
  return {
    kind: plan.kind,
    from: from.name,
    to: to.name,
    mode: plan.mode,
    requireSourceHead: plan.requireSourceHead,
    versionCheck: checkLevelSchema.parse(edge.versionCheck),
    fastForwardCheck: checkLevelSchema.parse(edge.fastForwardCheck),
    targetCollectionId: target.config.collectionId,
    sourceHasKeys: ruleKeysOf(from.keys).length > 0,
    targetHasSigningKey: signKeysOf(to.keys).length > 0,
    sourceRepoMode: source.mode,
    targetRepoMode: target.mode,
    willLink: true,
    whyNoLink: null,
    hasAutoUpdateSummary: target.config.autoUpdateSummary,
    hasSummaryIndex: target.fs.lstat(`${target.root}/summary.idx`) !== null,
    lostSignatures: findUnrenewable(keys, await presentSignatures(scope, carried)),
    driftedRefs: [],
  };
}

/** What the target's clients see signed now: the summary, and the heads that are replaced. */
async function presentSignatures(
  scope: RunScope,
  carried: ReadonlyMap<string, string[]>,
): Promise<PresentSignatures[]> {
  const { to, target, moves } = scope;
  const present: PresentSignatures[] = [];
  const summary = readSummary(target);
  if (summary?.signatureBytes) {
    const set = parseSignatureSet(summary.signatureBytes);
    const signatures = await attributeSignatures(to.keys, summary.bytes, set);
    present.push({ on: 'the summary', signatures, carriedKeyIds: [] });
  }
  for (const move of moves) {
    const commit = replacedCommit(scope, move);
    if (commit === null) continue;
    const set = readSignatures(target, commit.checksum);
    const signatures = await attributeSignatures(to.keys, commit.bytes, set);
    present.push({ on: move.targetRef, signatures, carriedKeyIds: carried.get(move.targetRef) ?? [] });
  }
  return present;
}

/** Finds out early where the signer lacks a key. One that does not answer now may when it is needed. */
async function assertSignerHoldsKeys({ ctx, to, recorder }: RunScope): Promise<void> {
  const wanted = signKeysOf(to.keys);
  if (wanted.length === 0) return;
  try {
    const held = await withTimeout(ctx.signer.listKeys({ stageId: to.id }), signerAnswerMilliseconds);
    const asSignatures = held.map(({ type, keyId }) => ({ type, key: keyId, state: 'valid' as const }));
    const [missing] = missingSigners(to.keys, asSignatures);
    if (missing) {
      throw new AppError(
        'keys-insufficient',
        `the signer does not hold the ${missing.type} key ${missing.keyId} of ${to.name}; import it`,
        {
          details: { stage: to.name, key: missing.keyId },
        },
      );
    }
  } catch (error) {
    if (!isAppError(error, 'signer-unreachable')) throw error;
    recorder.line('the signer does not answer yet');
  }
}

async function withTimeout<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new AppError('signer-unreachable', `the signer did not answer in ${milliseconds} ms`);
    timer = setTimeout(() => reject(error), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    // The loser of the race may still fail, when nobody listens any more.
    work.catch(() => undefined);
  }
}
