import type { CheckLevel } from '../contracts/edge-checks';
import { type CheckDto, isRollback, isWithinStage, type PlanKind } from '../contracts/promotion';
import { describeUnrenewable, type UnrenewableSignature } from './check-keys';
import { resetTimestamp, type Verdict } from './check-rollback';
import { compareVersions } from './compare-versions';

/** What was found about one ref of a plan. */
export interface RefFindings {
  sourceRef: string;
  targetRef: string;
  source: {
    checksum: string;
    /** Seconds since 1970. */
    timestamp: number;
    /** As its metadata names it. */
    version: string | null;
    refBindings: readonly string[] | null;
    collectionBinding: string | null;
    state: 'complete' | 'partial' | 'absent';
    isHead: boolean;
    /** It is the head of its ref, or was when it was asked for. */
    isNewest: boolean;
    /** Signed by a key of the source stage, or the stage has no keys. */
    isTrusted: boolean;
    hasSignatures: boolean;
  };
  target: { checksum: string; timestamp: number; version: string | null } | null;
  /** Whether the target's head is in the history of the source commit (or of equal content, for `recommit`). */
  isDescendant: boolean;
  /** Another ref of the target that is a part of this name, or of which this name is a part. */
  conflictingRef: string | null;
  /** Numbers of open promotions that write the same ref of the target. */
  openPromotions: readonly number[];
}

/** What was found about the two stages; of what stays within a stage both are that one. */
export interface StageFindings {
  kind: PlanKind;
  from: string;
  to: string;
  mode: 'identity' | 'recommit';
  requireSourceHead: boolean;
  versionCheck: CheckLevel;
  fastForwardCheck: CheckLevel;
  targetCollectionId: string | null;
  sourceHasKeys: boolean;
  targetHasSigningKey: boolean;
  sourceRepoMode: string;
  targetRepoMode: string;
  willLink: boolean;
  whyNoLink: string | null;
  hasAutoUpdateSummary: boolean;
  hasSummaryIndex: boolean;
  lostSignatures: readonly UnrenewableSignature[];
  /** Refs of the target that differ from what Treeline put there or adopted. */
  driftedRefs: readonly string[];
}

/**
 * The checks of a plan: of the stages, then of each ref. One `fail` blocks the request. What an edge asks of the way between
 * two stages (history, version, signature, links) is not asked of a rollback, which takes no such way.
 */
export function checkPlan(stages: StageFindings, refs: readonly RefFindings[]): CheckDto[] {
  return [...checkStages(stages), ...refs.flatMap((ref) => checkRef(stages, ref))];
}

/** The checks of the stages alone. */
export function checkStages(stages: StageFindings): CheckDto[] {
  const check = (code: string, title: string, [result, detail]: Verdict): CheckDto => ({
    code,
    title,
    result,
    detail,
    ref: null,
  });
  const { from, to } = stages;
  const isWithin = isWithinStage(stages);
  const checks = [
    ...(isWithin ? [] : [check('repo-modes', 'Repositories fit together', repoModes(stages))]),
    check('target-unchanged', `${to} is as Treeline left it`, drift(stages)),
    check('keys', `${to} can be signed as its clients expect`, keys(stages)),
    ...(isWithin ? [] : [check('links', 'Objects are linked', links(stages))]),
  ];
  if (!stages.sourceHasKeys && !isWithin) {
    const detail = `${from} has no keys, so nobody can tell who made its commits`;
    checks.push(check('source-keys', `${from} names who signs`, ['warn', detail]));
  }
  if (stages.hasAutoUpdateSummary) {
    const detail = `core.auto-update-summary is on in ${to}: ostree would replace the signed summary; turn it off`;
    checks.push(check('auto-summary', 'Nobody else writes the summary', ['fail', detail]));
  }
  if (stages.hasSummaryIndex) {
    const detail = `${to} has a summary.idx, which only flatpak can renew`;
    checks.push(check('summary-index', 'The summary can be renewed', ['fail', detail]));
  }
  return checks;
}

function repoModes({ sourceRepoMode, targetRepoMode, from, to }: StageFindings): Verdict {
  if (sourceRepoMode === targetRepoMode) return ['pass', `both are in mode ${targetRepoMode}`];
  return [
    'warn',
    `${from} is in mode ${sourceRepoMode} and ${to} in mode ${targetRepoMode}: content is written anew`,
  ];
}

function drift({ driftedRefs, to }: StageFindings): Verdict {
  if (driftedRefs.length === 0) return ['pass', 'each ref is what Treeline put there or adopted'];
  const named = driftedRefs.slice(0, 3).join(', ');
  const more = driftedRefs.length > 3 ? ` and ${driftedRefs.length - 3} more` : '';
  return [
    'fail',
    `somebody else changed ${named}${more} in ${to}; look at it, then adopt or undo it in its settings`,
  ];
}

function keys({ lostSignatures, targetHasSigningKey, to }: StageFindings): Verdict {
  const [first, ...more] = lostSignatures;
  if (first) {
    const rest = more.length > 0 ? ` (and ${more.length} more)` : '';
    return [
      'fail',
      `${describeUnrenewable(first)}${rest}; import the key, or clients that trust it will be locked out`,
    ];
  }
  if (!targetHasSigningKey) return ['warn', `${to} has no key: its commits and summary stay unsigned`];
  return ['pass', 'every key that clients may trust is there to sign'];
}

function links({ willLink, whyNoLink }: StageFindings): Verdict {
  return willLink ? ['pass', 'same file system and owner'] : ['warn', whyNoLink ?? 'objects are copied'];
}

function checkRef(stages: StageFindings, ref: RefFindings): CheckDto[] {
  const check = (code: string, title: string, [result, detail]: Verdict): CheckDto => ({
    code,
    title,
    result,
    detail,
    ref: ref.targetRef,
  });
  const checks = [
    check('commit-complete', 'The commit is whole', completeness(stages, ref)),
    check('ref-binding', 'Clients accept it under this name', binding(stages, ref)),
    check('timestamp', 'It is newer than what it replaces', timestamp(stages, ref)),
    ...(isRollback(stages) ? [] : checksOfWay(stages, ref, check)),
  ];
  if (ref.conflictingRef !== null) {
    const detail = `${stages.to} has the ref ${ref.conflictingRef}, and a ref can’t be a folder of others`;
    checks.push(check('ref-conflict', 'The name is free', ['fail', detail]));
  }
  return [...checks, ...openPromotionChecks(ref.openPromotions, check)];
}

/** What else is asked for that writes the same ref. */
export function openPromotionChecks(
  [open]: readonly number[],
  check: (code: string, title: string, verdict: Verdict) => CheckDto,
): CheckDto[] {
  if (open === undefined) return [];
  const detail = `#${open} is open and writes the same ref; whichever runs second will be stale`;
  return [check('open-promotion', 'Nothing else is under way', ['warn', detail])];
}

/** What the edge asks of a commit on its way from one stage to the next. */
function checksOfWay(
  stages: StageFindings,
  ref: RefFindings,
  check: (code: string, title: string, verdict: Verdict) => CheckDto,
): CheckDto[] {
  const checks: CheckDto[] = [];
  if (stages.fastForwardCheck !== 'off') {
    checks.push(check('history', 'It follows from what it replaces', history(stages, ref)));
  }
  if (stages.versionCheck !== 'off') {
    checks.push(check('version', 'Its version is later than what it replaces', version(stages, ref)));
  }
  if (stages.sourceHasKeys) {
    checks.push(check('source-signature', 'The commit is signed by its stage', signature(stages, ref)));
  }
  if (stages.requireSourceHead && !ref.source.isHead) {
    const detail = `the edge takes only the head of ${ref.sourceRef}, and this commit is an older one`;
    checks.push(check('source-head', 'It is the head of its ref', ['fail', detail]));
  }
  const isStopped = checks.some((each) => each.result === 'fail');
  if (!isStopped && isOlderChoice(stages, ref)) {
    const detail = `once it is published, automatic promotion leaves ${ref.targetRef} in ${stages.to} alone until somebody lifts that hold`;
    checks.push(check('older-choice', 'It is the newest there is', ['warn', detail]));
  }
  return checks;
}

/**
 * Whether somebody chose a commit that is not what automatic promotion would take: it is not the head of its ref; or it doesn't
 * follow from what it replaces, and is older or the edge looks at that.
 */
export function isOlderChoice(
  { fastForwardCheck }: Pick<StageFindings, 'fastForwardCheck'>,
  { source, target, isDescendant }: Pick<RefFindings, 'source' | 'target' | 'isDescendant'>,
): boolean {
  const isOlder = target !== null && source.timestamp < target.timestamp;
  return !source.isNewest || (!isDescendant && (isOlder || fastForwardCheck !== 'off'));
}

function completeness({ from }: StageFindings, { source }: RefFindings): Verdict {
  if (source.state === 'complete')
    return ['pass', 'all of it is there, as far as its marks say; the run checks each object'];
  if (source.state === 'partial')
    return ['fail', `${from} has marked the commit as not complete; pull it whole first`];
  return ['fail', `the commit is not in ${from}`];
}

/** A commit that is made anew gets the bindings it needs. */
function binding(
  { kind, mode, to, targetCollectionId }: StageFindings,
  { source, targetRef }: RefFindings,
): Verdict {
  const remedy = kind === 'reset' ? 'roll forward instead' : 'the edge needs the mode recommit';
  if (mode === 'recommit') return ['pass', `the new commit is bound to ${targetRef}`];
  const { refBindings, collectionBinding } = source;
  if (refBindings !== null && !refBindings.includes(targetRef)) {
    const bound = refBindings.join(', ') || 'no ref';
    return ['fail', `the commit is bound to ${bound}; clients refuse it as ${targetRef}: ${remedy}`];
  }
  if (targetCollectionId !== null && (collectionBinding !== targetCollectionId || refBindings === null)) {
    const bound = collectionBinding ?? 'none';
    return [
      'fail',
      `${to} has the collection ${targetCollectionId} and the commit ${bound}; clients refuse it: ${remedy}`,
    ];
  }
  if (refBindings === null) return ['pass', 'the commit is bound to no ref, and clients don’t ask'];
  return ['pass', `the commit is bound to ${targetRef}`];
}

/** */
function timestamp({ kind, mode }: StageFindings, { source, target }: RefFindings): Verdict {
  if (kind === 'reset' && target !== null) return resetTimestamp(source.timestamp, target.timestamp);
  if (target === null) return ['pass', 'the ref is new in the target'];
  if (mode === 'recommit') return ['pass', 'the new commit gets a later time'];
  if (source.timestamp < target.timestamp) {
    return [
      'fail',
      'it is older than what the target has: that is a rollback, and clients refuse it as a downgrade',
    ];
  }
  if (source.timestamp === target.timestamp)
    return ['warn', 'both have the same time; clients can’t tell which is newer'];
  return ['pass', 'its time is later'];
}

function history({ fastForwardCheck }: StageFindings, { target, isDescendant }: RefFindings): Verdict {
  if (target === null) return ['pass', 'the ref is new in the target'];
  if (isDescendant) return ['pass', 'the target’s head is among its ancestors'];
  const detail = 'the target’s head is not among its ancestors: what only the target has is left behind';
  return [resultOf(fastForwardCheck), detail];
}

function version({ versionCheck }: StageFindings, { source, target }: RefFindings): Verdict {
  if (target === null) return ['pass', 'the ref is new in the target'];
  const [now, before] = [source.version, target.version];
  if (before === null) return ['pass', 'what it replaces names no version'];
  if (now === null) {
    return [resultOf(versionCheck), `it names no version, and what it replaces is ${before}`];
  }
  const order = compareVersions(now, before);
  if (order > 0) return ['pass', `${before} → ${now}`];
  return [resultOf(versionCheck), `${now} is ${order === 0 ? 'no later' : 'earlier'} than ${before}`];
}

/** What a check that does not pass says, by what its edge makes of it. */
function resultOf(level: CheckLevel): CheckDto['result'] {
  return level === 'required' ? 'fail' : 'warn';
}

function signature({ from }: StageFindings, { source }: RefFindings): Verdict {
  if (source.isTrusted) return ['pass', `signed by a key of ${from}`];
  return [
    'fail',
    source.hasSignatures
      ? `no signature on it is by a key of ${from}`
      : `it is not signed, and ${from} has keys`,
  ];
}
