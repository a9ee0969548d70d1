/** The address of the form for a new promotion with an edge and refs chosen. */
export function newPromotionHref(edge: string, refs: Iterable<string> = []): string {
  const query = new URLSearchParams({ edge });
  for (const ref of refs) query.append('ref', ref);
  return `/promotions/new?${query}`;
}
