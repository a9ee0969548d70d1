/** The address of the form for a removal, with what is chosen. */
export function removalHref(stage: string, refs: readonly string[], edge: string | null = null): string {
  const query = new URLSearchParams({ stage });
  for (const ref of refs) query.append('ref', ref);
  if (edge) query.set('edge', edge);
  return `/promotions/remove?${query.toString().replaceAll('%2F', '/')}`;
}
