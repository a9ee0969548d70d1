import type { FormerCommitsDto } from '@/lib/contracts/commit';

/** Edges that could bring all of these refs; null until all of them are known. */
export function commonEdges(
  former: readonly (FormerCommitsDto | undefined)[],
): FormerCommitsDto['edges'] | null {
  const [first, ...rest] = former;
  if (first === undefined || rest.includes(undefined)) return null;
  return first.edges.filter(({ id }) => rest.every((each) => each?.edges.some((edge) => edge.id === id)));
}

/** Of these edges the one that is wanted, or the only one; undefined while it is yet to be chosen. */
export function chosenEdge(
  edges: FormerCommitsDto['edges'] | null,
  wanted: string | null,
): FormerCommitsDto['edges'][number] | undefined {
  return edges?.find(({ id }) => id === wanted) ?? (edges?.length === 1 ? edges[0] : undefined);
}
