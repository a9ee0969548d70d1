import type { ApprovalPolicy, AutomaticPolicy, EmergencyPolicy } from '../contracts/policy';
import type { Plan, PlanKind } from '../contracts/promotion';

export interface PlanEdge {
  id: string;
  from: string;
  to: string;
  policyVersion: number;
  mode: 'identity' | 'recommit';
  approval: ApprovalPolicy;
  verifyObjects: boolean;
  requireSourceHead: boolean;
}

/** What only some plans speak of; those that don't have the checksums that they would have without it. */
export interface PlanExtras {
  /** `promote` by default. */
  kind?: PlanKind;
  /** ISO 8601. */
  notBefore?: string | undefined;
  emergency?: EmergencyPolicy;
  automatic?: AutomaticPolicy;
}

/** The plan for `refs` along `edge`. Refs are sorted by their target's name, so that order of asking changes nothing. */
export function assemblePlan(
  edge: PlanEdge,
  refs: readonly Plan['refs'][number][],
  { kind = 'promote', notBefore, emergency, automatic }: PlanExtras = {},
): Plan {
  return {
    version: 2,
    edge: { id: edge.id, from: edge.from, to: edge.to },
    policyVersion: edge.policyVersion,
    kind,
    mode: edge.mode,
    approval: edge.approval,
    verifyObjects: edge.verifyObjects,
    requireSourceHead: edge.requireSourceHead,
    ...(notBefore !== undefined && { notBefore: new Date(notBefore).toISOString() }),
    ...(emergency !== undefined && { emergency }),
    ...(automatic !== undefined && { automatic }),
    refs: [...refs].sort((a, b) => (a.targetRef < b.targetRef ? -1 : a.targetRef > b.targetRef ? 1 : 0)),
  };
}

/**
 * When a commit that is made anew says it was made, in seconds since 1970: no earlier than its source, and later
 * than the head it replaces, since clients refuse what is older. It follows from the two commits alone, so that the
 * same request always gives the same plan.
 */
export function recommitTimestamp(sourceTimestamp: number, targetTimestamp: number | null): number {
  return targetTimestamp === null ? sourceTimestamp : Math.max(sourceTimestamp, targetTimestamp + 1);
}
