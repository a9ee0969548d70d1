import type { CheckLevel } from '../contracts/edge-checks';
import type { CheckDto } from '../contracts/promotion';
import { utcMinute } from '../contracts/utc-minute';

/** One ref of a plan, and what hashing every object of its commit in the source stage found; null before it was done. */
export interface FsckedRef {
  targetRef: string;
  fsck: { checkedAt: Date; objects: number; damage: string | null } | null;
}

/** What an edge that has its sources hashed says of each ref; nothing where it does not. It stops no request. */
export function checkSourceFsck(
  refs: readonly FsckedRef[],
  { level, from }: { level: CheckLevel; from: string },
): CheckDto[] {
  if (level === 'off') return [];
  const isRequired = level === 'required';
  const consequence = isRequired ? '; the run waits until all are whole' : '; it is advisory';
  return refs.map(({ targetRef, fsck }) => {
    const check = { code: 'source-fsck', title: `Every object of it is whole in ${from}`, ref: targetRef };
    if (fsck === null) {
      const detail = `the worker hashes them while it is asked for${consequence}`;
      return { ...check, result: isRequired ? 'wait' : 'warn', detail };
    }
    if (fsck.damage !== null) {
      return { ...check, result: isRequired ? 'fail' : 'warn', detail: `${fsck.damage}${consequence}` };
    }
    return {
      ...check,
      result: 'pass',
      detail: `${fsck.objects.toLocaleString('en-GB')} objects hashed at ${utcMinute(fsck.checkedAt)}`,
    };
  });
}

/** What a run waits for by this check, as clauses; nothing unless it is required. */
export function findOpenFscks(
  refs: readonly FsckedRef[],
  { level, from }: { level: CheckLevel; from: string },
): string[] {
  if (level !== 'required') return [];
  return refs.flatMap(({ targetRef, fsck }) => {
    if (fsck === null) return [`every object of ${targetRef} in ${from} is still to be hashed`];
    return fsck.damage === null ? [] : [`${targetRef} is not whole in ${from}: ${fsck.damage}`];
  });
}
