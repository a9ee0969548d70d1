'use client';

import { useQueries } from '@tanstack/react-query';
import type { CompareDto } from '@/lib/contracts/commit';
import type { Plan } from '@/lib/contracts/promotion';
import { compareOptions } from '@/lib/query/compare';

export interface RefComparison {
  sourceRef: string;
  targetRef: string;
  from: string | null;
  to: string;
  data: CompareDto | undefined;
  error: unknown;
  retry: () => void;
}

/**
 * For each ref of a plan, what differs between the target's head and what it becomes. The source commit
 * is compared: a commit made anew has the same tree, and is not there before the run. Of what is removed there is nothing to
 * compare.
 */
export function usePlanComparisons(plan: Plan): RefComparison[] {
  const refs = plan.refs.filter(({ resultingChecksum }) => resultingChecksum !== null);
  const results = useQueries({
    queries: refs.map((ref) => compareOptions(ref.expectedChecksum, ref.sourceChecksum)),
  });
  return refs.map((ref, index) => {
    const result = results[index];
    return {
      sourceRef: ref.sourceRef,
      targetRef: ref.targetRef,
      from: ref.expectedChecksum,
      to: ref.sourceChecksum,
      data: result?.data,
      error: result?.error ?? null,
      retry: () => void result?.refetch(),
    };
  });
}

/**
 * How many paths change in all, and how many packages, those that change alike in several refs counted
 * once; undefined until every comparison is there.
 */
export function countComparisons(comparisons: readonly RefComparison[]): {
  changes: number | undefined;
  packages: number | undefined;
} {
  if (comparisons.some(({ data }) => data === undefined)) return { changes: undefined, packages: undefined };
  let changes = 0;
  const packages = new Set<string>();
  for (const { data } of comparisons) {
    if (data === undefined) continue;
    changes += data.counts.added + data.counts.removed + data.counts.modified;
    for (const row of data.packages ?? []) packages.add(JSON.stringify(row));
  }
  return { changes, packages: packages.size };
}
