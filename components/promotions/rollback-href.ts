import type { RollbackKind } from './rollback-text';

/** A ref and the commit that it is to go back to; null where that is yet to be chosen. */
export interface RollbackRef {
  ref: string;
  to: string | null;
}

/** The address of the form for a rollback, with what is chosen. */
export function rollbackHref(
  stage: string,
  refs: readonly RollbackRef[],
  { kind, edge }: { kind?: RollbackKind; edge?: string | null } = {},
): string {
  const query = new URLSearchParams({ stage });
  for (const { ref, to } of refs) {
    query.append('ref', ref);
    query.append('to', to ?? '');
  }
  if (kind !== undefined) query.set('kind', kind);
  if (edge) query.set('edge', edge);
  return `/promotions/rollback?${query.toString().replaceAll('%2F', '/')}`;
}

/** The refs of an address: each with the commit in the same place. */
export function readRollbackRefs(refs: readonly string[], tos: readonly string[]): RollbackRef[] {
  const seen = new Set<string>();
  return refs.flatMap((ref, index) => {
    if (seen.has(ref)) return [];
    seen.add(ref);
    const to = tos[index] ?? '';
    return [{ ref, to: /^[0-9a-f]{64}$/.test(to) ? to : null }];
  });
}
