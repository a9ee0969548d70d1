import type { PackageRowDto } from '@/lib/contracts/commit';
import type { RefComparison } from './use-plan-comparisons';

/** Refs whose packages change alike; `rows` is null where neither tree has a package list. */
export interface PackageGroup {
  refs: string[];
  rows: PackageRowDto[] | null;
}

/** Puts refs together whose package changes are the same: two architectures of one release, mostly. */
export function packageGroups(
  comparisons: readonly Pick<RefComparison, 'targetRef' | 'data'>[],
): PackageGroup[] {
  const groups = new Map<string, PackageGroup>();
  for (const { targetRef, data } of comparisons) {
    if (data === undefined) continue;
    const key = JSON.stringify(data.packages);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { refs: [targetRef], rows: data.packages });
    else group.refs.push(targetRef);
  }
  return [...groups.values()];
}

/** What happens to a package. */
export function packageKind(row: PackageRowDto): 'added' | 'removed' | 'changed' {
  if (row.fromVersion === null) return 'added';
  return row.toVersion === null ? 'removed' : 'changed';
}

/** `3 changed, 1 added`. */
export function summarisePackages(rows: readonly PackageRowDto[]): string {
  if (rows.length === 0) return 'none changes';
  return (['changed', 'added', 'removed'] as const)
    .map((kind) => ({ kind, count: rows.filter((row) => packageKind(row) === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${kind}`)
    .join(', ');
}
