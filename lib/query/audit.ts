import { infiniteQueryOptions } from '@tanstack/react-query';
import { auditPageSchema, type ListAuditInput } from '../contracts/audit';
import { apiGet } from './api';

export type AuditFilter = Omit<ListAuditInput, 'cursor'>;

/** A filter as search parameters, in a fixed order; what isn't set is left out. */
export function auditSearch(filter: AuditFilter): URLSearchParams {
  const search = new URLSearchParams();
  for (const name of ['person', 'stage', 'kind', 'promotion', 'ref', 'text', 'since', 'until'] as const) {
    const value = filter[name];
    if (value !== undefined) search.set(name, String(value));
  }
  return search;
}

/** The audit log as `filter` has it, newest first, page by page. */
export function auditOptions(filter: AuditFilter) {
  return infiniteQueryOptions({
    queryKey: ['audit', auditSearch(filter).toString()] as const,
    queryFn: ({ pageParam, signal }) => {
      const search = auditSearch(filter);
      if (pageParam !== null) search.set('cursor', pageParam);
      return apiGet(`/api/audit?${search}`, auditPageSchema, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}
