import type { Plan } from '../contracts/promotion';
import type { EdgeRow } from '../db/edge';
import type { StageWithKeys } from '../db/stage';
import { type Checksum, parseChecksum } from '../ostree/format/checksum';
import type { Repo } from '../ostree/repo/open-repo';
import { resolveRef } from '../ostree/repo/resolve-rev';
import type { RepoLock } from '../ostree/write/lock';
import type { CancelWatch } from './cancel-watch';
import type { RunCandidate } from './claim-run';
import type { Journal } from './journal';
import type { Lease } from './lease';
import type { StepRecorder } from './step-recorder';
import type { WorkerContext } from './worker-context';

/** One ref of the plan, with checked types. */
export interface RefMove {
  sourceRef: string;
  targetRef: string;
  source: Checksum;
  content: Checksum;
  expected: Checksum | null;
  resulting: Checksum;
  timestampSeconds: number | null;
}

/** One ref that the plan takes out of the target. */
export interface RefRemoval {
  targetRef: string;
  expected: Checksum;
  resulting: null;
}

/** All that the steps of one run share. The product lock of the target is held as long as it lives. */
export interface RunScope {
  ctx: WorkerContext;
  candidate: RunCandidate;
  plan: Plan;
  moves: RefMove[];
  removals: RefRemoval[];
  edge: EdgeRow;
  /** Where its commits come from: of what stays within a stage the target itself. */
  from: StageWithKeys;
  to: StageWithKeys;
  target: Repo;
  /** The product lock of the target. */
  lock: RepoLock;
  /** null until it is needed, and of what stays within a stage, whose source is the target. */
  source: Repo | null;
  lease: Lease;
  /** Whether somebody has asked to stop it. */
  cancel: CancelWatch;
  recorder: StepRecorder;
  /** Heeded before the commit point, and while only waiting after it. */
  signal: AbortSignal;
  /** What lies in the target now. */
  journal: Journal | null;
  /** A ref of this run has been renamed, or its removal is being published: from here it only goes forward. */
  isForward: boolean;
  /** Commits that come into the target with this run. */
  brought: Checksum[];
}

/** Steps of which the first that is done in a run passes its commit point. */
const COMMIT_STEPS: readonly string[] = ['update-refs', 'publish'];

/**
 * Whether the run may have passed its commit point, by what the database knows of it: its approvals were checked for that.
 */
export function wasAboutToMove(candidate: RunCandidate): boolean {
  if (candidate.committedAt === null) return false;
  return candidate.steps.some(({ name, state }) => COMMIT_STEPS.includes(name) && state !== 'waiting');
}

/** The refs that a plan moves, as the engine takes them. */
export function movesOf(plan: Plan): RefMove[] {
  return plan.refs.flatMap((ref) => {
    if (ref.resultingChecksum === null) return [];
    return {
      sourceRef: ref.sourceRef,
      targetRef: ref.targetRef,
      source: parseChecksum(ref.sourceChecksum),
      content: parseChecksum(ref.contentChecksum),
      expected: ref.expectedChecksum === null ? null : parseChecksum(ref.expectedChecksum),
      resulting: parseChecksum(ref.resultingChecksum),
      timestampSeconds: ref.timestamp,
    };
  });
}

/** The refs that a plan takes out of its target. */
export function removalsOf(plan: Plan): RefRemoval[] {
  return plan.refs.flatMap(({ targetRef, expectedChecksum, resultingChecksum }) =>
    resultingChecksum === null && expectedChecksum !== null
      ? { targetRef, expected: parseChecksum(expectedChecksum), resulting: null }
      : [],
  );
}

/** Where refs of the plan stand in the target: each at what it replaces, at what is planned, or elsewhere. */
export function standingOf(
  target: Repo,
  refs: readonly (Pick<RefMove, 'targetRef' | 'expected' | 'resulting'> | RefRemoval)[],
): ('expected' | 'resulting' | 'elsewhere')[] {
  return refs.map(({ targetRef, expected, resulting }) => {
    const head = resolveRef(target, targetRef);
    if (head === resulting) return 'resulting';
    return head === expected ? 'expected' : 'elsewhere';
  });
}
