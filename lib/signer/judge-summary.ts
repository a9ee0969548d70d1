import type { Plan } from '../contracts/promotion';

/** Refs by name; those of other collections under `<collection>:<ref>`. */
export type RefMap = ReadonlyMap<string, string>;

/** What a candidate summary is judged by. */
export interface SummaryCase {
  candidate: { refs: RefMap; lastModifiedSeconds: number | null; collectionId: string | null };
  /** What the signer signed last for this stage; null for the first time. */
  previous: { refs: RefMap; lastModifiedSeconds: number | null } | null;
  /** What Treeline knows each ref of the stage to be; null where neither an adoption nor a proven plan backs it. */
  ledger: ReadonlyMap<string, string | null>;
  /** The plan of the run that asks. */
  plan: Plan;
  collectionId: string | null;
}

/**
 * Whether the candidate may be signed: each ref that differs from the summary signed last is in the approved plan
 * of the run that asks, or in the ledger with this very value; no ref of the ledger is missing but what the plan removes; every
 * ref of the plan has its planned value, or none; time does not go back. Pure.
 *
 * @returns null where it may, else why not
 */
export function whyNotSignSummary({
  candidate,
  previous,
  ledger,
  plan,
  collectionId,
}: SummaryCase): string | null {
  const planned = new Map(plan.refs.map((each) => [each.targetRef, each.resultingChecksum]));
  for (const [ref, checksum] of planned) {
    if ((candidate.refs.get(ref) ?? null) === checksum) continue;
    return checksum === null
      ? `the summary still has ${ref}, which is to be removed`
      : `the summary does not have ${ref} at its planned commit`;
  }
  for (const ref of ledger.keys()) {
    if (!candidate.refs.has(ref) && !planned.has(ref)) return `the summary drops ${ref}`;
  }
  for (const [ref, checksum] of candidate.refs) {
    if (planned.has(ref)) continue;
    const isKnown = ledger.get(ref) === checksum || isUnchanged(ref, checksum, previous);
    if (!isKnown) return `${ref} was changed by nobody who had an approval; adopt it or put it back`;
  }
  if (candidate.collectionId !== collectionId) return 'the summary has another collection ID than the stage';
  if (candidate.lastModifiedSeconds === null) return 'the summary does not say when it was made';
  if (previous?.lastModifiedSeconds != null && candidate.lastModifiedSeconds < previous.lastModifiedSeconds) {
    return 'the summary is older than the one signed last';
  }
  return null;
}

/**
 * A ref as it was signed last. Refs of other collections are carried, never promoted: what lies there when the
 * stage signs for the first time is taken as it is.
 */
function isUnchanged(ref: string, checksum: string, previous: SummaryCase['previous']): boolean {
  if (previous === null) return ref.includes(':');
  return previous.refs.get(ref) === checksum;
}
