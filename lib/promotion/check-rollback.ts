import type { CheckDto, Plan, PlanKind } from '../contracts/promotion';
import { METADATA_REF } from './match-refs';

/** What a check says, and why. */
export type Verdict = readonly [CheckDto['result'], string];

/** Seconds as people read them, the largest unit alone: "3 days". */
function agoText(seconds: number): string {
  const units = [
    [86_400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
    [1, 'second'],
  ] as const;
  const [size, name] = units.find(([unit]) => seconds >= unit) ?? [1, 'second'];
  const count = Math.floor(seconds / size);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

/** what clients make of a ref that is set to a commit of another time. In seconds since 1970. */
export function resetTimestamp(to: number, head: number): Verdict {
  if (to > head) return ['pass', 'its time is later than that of the head, so clients take it as an update'];
  if (to === head) return ['warn', 'both have the same time; clients can’t tell which is newer'];
  return [
    'warn',
    `it is ${agoText(head - to)} older than the head: clients that check timestamps refuse it; ` +
      'ostree admin upgrade needs --allow-downgrade on each device',
  ];
}

/**
 * Why a plan can't be what its kind says, whatever repositories hold; null where it can. A rollback stays within one ref each,
 * and replaces something; what is reset becomes the very commit, what is made anew has a time. A removal leaves nothing of what
 * a ref was, and no other plan takes a ref away.
 */
export function whyNotOfKind({ kind, mode, refs }: Pick<Plan, 'kind' | 'mode' | 'refs'>): string | null {
  const modeOfKind: Record<PlanKind, Plan['mode'] | null> = {
    promote: null,
    'roll-forward': 'recommit',
    reset: 'identity',
    remove: 'identity',
  };
  const wanted = modeOfKind[kind];
  if (wanted !== null && mode !== wanted) return `a plan of the kind ${kind} has the mode ${wanted}`;
  for (const ref of refs) {
    const { sourceRef, targetRef, sourceChecksum, expectedChecksum, resultingChecksum, timestamp } = ref;
    if (kind === 'remove') {
      const why = whyNotRemoved(ref);
      if (why !== null) return why;
      continue;
    }
    if (resultingChecksum === null) return `${targetRef} would be taken away, and the plan is no removal`;
    if (mode === 'identity' && (resultingChecksum !== sourceChecksum || timestamp !== null)) {
      return `${targetRef} does not become the commit that the plan names`;
    }
    if (mode === 'recommit' && timestamp === null) return `the commit for ${targetRef} has no time`;
    if (kind === 'promote') continue;
    if (sourceRef !== targetRef) return `a rollback stays within ${targetRef}`;
    if (expectedChecksum === null) return `${targetRef} has nothing to go back from`;
    if (expectedChecksum === resultingChecksum) return `${targetRef} stays where it is`;
  }
  return null;
}

function whyNotRemoved(ref: Plan['refs'][number]): string | null {
  const { sourceRef, targetRef, sourceChecksum, expectedChecksum, resultingChecksum, timestamp } = ref;
  if (resultingChecksum !== null || timestamp !== null)
    return `${targetRef} would become another commit, not go`;
  if (sourceRef !== targetRef) return `a removal stays within ${targetRef}`;
  if (targetRef === METADATA_REF) return `${METADATA_REF} is what clients find a collection by; it stays`;
  return expectedChecksum === sourceChecksum
    ? null
    : `${targetRef} is removed at another commit than planned`;
}

/** What of a commit its time and place in a history are judged by. */
export interface JudgedCommit {
  checksum: string;
  contentChecksum: string;
  /** Seconds since 1970. */
  timestamp: number;
  parent: string | null;
}

/** One ref of a plan with what repository and rows say of it. */
export interface KindCase {
  planned: Plan['refs'][number];
  /** What the ref becomes, as it lies in the target. */
  resulting: JudgedCommit;
  /** What it replaces; null where that is no longer there. */
  replaced: JudgedCommit | null;
  /** Whether the planned source is an ancestor of what is replaced, or a promotion has had it here. */
  hasStoodHere: boolean;
}

/**
 * Why what a plan does to a ref is not of its kind; null where it is. A promotion doesn't go back in time; rolling forward makes
 * a later commit on top of the head; and both kinds of rollback go back to what the ref has been. What is replaced may be gone
 * once the refs have moved, and then proves nothing more.
 */
export function whyNotThisKind(
  kind: Exclude<PlanKind, 'remove'>,
  { planned, resulting, replaced, hasStoodHere }: KindCase,
): string | null {
  const { targetRef } = planned;
  if (kind === 'promote') {
    const isBack = replaced !== null && resulting.timestamp < replaced.timestamp;
    return isBack ? `${targetRef} would go back in time, and the plan is no rollback` : null;
  }
  if (resulting.contentChecksum !== planned.contentChecksum)
    return `${targetRef} would get another tree than planned`;
  if (kind === 'roll-forward') {
    if (resulting.parent !== planned.expectedChecksum) return `${targetRef} would not follow from its head`;
    if (resulting.timestamp !== planned.timestamp) return `${targetRef} would get another time than planned`;
    if (replaced !== null && resulting.timestamp <= replaced.timestamp) {
      return `${targetRef} would not become later than its head`;
    }
  }
  if (replaced !== null && !hasStoodHere) return `${targetRef} has never been at ${planned.sourceChecksum}`;
  return null;
}
