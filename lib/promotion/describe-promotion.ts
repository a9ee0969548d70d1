import {
  isRemoval,
  isRollback,
  type Plan,
  type PlanFacts,
  type PromotionState,
  type WaitDto,
} from '../contracts/promotion';

/**
 * "7.4.1 to production", "production back to 7.4.0": the versions that arrive, else the refs, and where; "Remove os/x from
 * production".
 */
export function titleOf(plan: Plan, facts: PlanFacts): string {
  if (isRemoval(plan)) {
    const refs = plan.refs.length === 1 ? plan.refs[0]?.targetRef : `${plan.refs.length} refs`;
    return `Remove ${refs} from ${plan.edge.to}`;
  }
  const what = whatArrives(plan, facts);
  return isRollback(plan) ? `${plan.edge.to} back to ${what}` : `${what} to ${plan.edge.to}`;
}

function whatArrives(plan: Plan, facts: PlanFacts): string {
  const versions = [...new Set(facts.refs.map((ref) => ref.toVersion))];
  const only = versions.length === 1 ? versions[0] : undefined;
  if (only) return only;
  if (versions.length > 1 && versions.length <= 3 && versions.every((version) => version !== null)) {
    return versions.join(', ');
  }
  if (isRollback(plan))
    return plan.refs
      .map((ref) => ref.sourceChecksum.slice(0, 10))
      .join(', ')
      .slice(0, 60);
  return plan.refs.length === 1 ? (plan.refs[0]?.targetRef ?? '') : `${plan.refs.length} refs`;
}

export interface StateTextInput {
  state: PromotionState;
  approvals: number;
  approvalsRequired: number;
  /** The newer request that has taken its place. */
  supersededBy: number | null;
  /** What keeps its run from beginning. */
  waits: readonly WaitDto[];
  /** The newest run, null where there was none. */
  run: {
    state: string;
    errorMessage: string | null;
    /** Somebody asked to stop it, and it can still be stopped. */
    isBeingCancelled: boolean;
    /** The step that is under way, null where none is. */
    step: { name: string; state: string; fraction: number | null } | null;
  } | null;
}

/** What the pill of a promotion says: "1 of 2 approvals", "pull 61%", "stale: the target moved". */
export function stateTextOf(input: StateTextInput): string {
  const { state, run } = input;
  switch (state) {
    case 'requested':
      return `${input.approvals} of ${input.approvalsRequired} approval${input.approvalsRequired === 1 ? '' : 's'}`;
    case 'approved':
      return input.waits[0] ? `waits: ${input.waits[0].code}` : 'queued';
    case 'running': {
      if (run?.isBeingCancelled) return 'being cancelled';
      if (!run?.step) return 'running';
      if (run.step.state === 'retrying') return `${run.step.name}: trying again`;
      const { fraction } = run.step;
      return fraction === null ? run.step.name : `${run.step.name} ${Math.floor(fraction * 100)}%`;
    }
    case 'failed':
    case 'stale':
      return run?.errorMessage ? `${state}: ${firstClause(run.errorMessage)}` : state;
    case 'superseded':
      return input.supersededBy === null ? state : `superseded by #${input.supersededBy}`;
    default:
      return state;
  }
}

/** An error up to its first semicolon, which is where what to do begins; cut to fit a pill. */
function firstClause(message: string): string {
  const clause = message.split(/;|\n/)[0]?.trim() ?? '';
  return clause.length > 80 ? `${clause.slice(0, 79)}…` : clause;
}
