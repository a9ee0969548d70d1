import { findLedger } from '../db/stage';
import { listRefs } from '../ostree/repo/list-refs';
import type { RunScope } from './run-scope';

/** Refs of the target, other than those of the plan, that are not what Treeline put there or adopted. */
export async function driftedRefs({ ctx, to, target, moves, removals }: RunScope): Promise<string[]> {
  const ledger = new Map((await findLedger(ctx.db, to.id)).map((row) => [row.ref, row.checksum]));
  const now = new Map(listRefs(target).map((entry) => [entry.ref, entry.checksum as string]));
  const planned = new Set([...moves, ...removals].map(({ targetRef }) => targetRef));
  const names = new Set([...ledger.keys(), ...now.keys()]);
  return [...names].filter((ref) => !planned.has(ref) && ledger.get(ref) !== now.get(ref)).sort();
}
