import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import {
  approvalQueueSchema,
  type ListPromotionsInput,
  type PlanInput,
  planResultSchema,
  promotionRowSchema,
  promotionSchema,
} from '../contracts/promotion';
import { pageOf } from '../contracts/scalars';
import { apiGet, apiSend } from './api';

/** Cache keys of promotions; `all` is the prefix of every other. */
export const promotionKeys = {
  all: ['promotions'] as const,
  list: (filter: ListPromotionsInput) => ['promotions', 'list', filter] as const,
  detail: (number: number) => ['promotions', 'detail', number] as const,
  queue: ['promotions', 'queue'] as const,
  plan: (input: PlanInput) => ['plans', input] as const,
};

const promotionPageSchema = pageOf(promotionRowSchema);

/** Promotions, newest first, page by page. `filter.cursor` is ignored: the query pages by itself. */
export function promotionListOptions(filter: Omit<ListPromotionsInput, 'cursor'>) {
  return infiniteQueryOptions({
    queryKey: promotionKeys.list(filter),
    queryFn: ({ pageParam }) => {
      const query = new URLSearchParams();
      if (filter.state !== undefined) query.set('state', filter.state);
      if (filter.stage !== undefined) query.set('stage', filter.stage);
      if (pageParam !== null) query.set('cursor', pageParam);
      return apiGet(`/api/promotions?${query}`, promotionPageSchema);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

/** One promotion with plan, approvals, runs and what the reader may do. */
export function promotionOptions(number: number) {
  return queryOptions({
    queryKey: promotionKeys.detail(number),
    queryFn: () => apiGet(`/api/promotions/${number}`, promotionSchema),
  });
}

/** What waits for a decision: the reader's own queue first. */
export const approvalQueueOptions = queryOptions({
  queryKey: promotionKeys.queue,
  queryFn: () => apiGet('/api/approvals', approvalQueueSchema),
  refetchInterval: 15_000,
});

/**
 * The plan for a choice of refs. It is asked for again only on purpose: the reader decides on the plan
 * in front of them, and one that changed by itself would not be the one they read.
 */
export function planOptions(input: PlanInput) {
  return queryOptions({
    queryKey: promotionKeys.plan(input),
    queryFn: () => apiSend('POST', '/api/plans', input, planResultSchema),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}
