import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { commitRowSchema, formerCommitsSchema } from '../contracts/commit';
import { pageOf } from '../contracts/scalars';
import { stagePageSchema } from '../contracts/stage';
import { apiGet } from './api';

export const stageKeys = {
  all: ['stages'] as const,
  detail: (stage: string) => ['stages', 'detail', stage] as const,
  commits: (stage: string, ref: string) => ['stages', 'commits', stage, ref] as const,
  former: (stage: string, ref: string) => ['stages', 'former', stage, ref] as const,
  beside: (stage: string, ref: string, limit: number) =>
    ['stages', 'former', stage, ref, 'beside', limit] as const,
};

const commitPageSchema = pageOf(commitRowSchema);

/** One stage with its refs, keys and what a client needs. */
export function stageOptions(stage: string) {
  return queryOptions({
    queryKey: stageKeys.detail(stage),
    queryFn: ({ signal }) => apiGet(`/api/stages/${encodeURIComponent(stage)}`, stagePageSchema, signal),
  });
}

/** A ref's history, newest first, page by page. */
export function refCommitsOptions(stage: string, ref: string) {
  return infiniteQueryOptions({
    queryKey: stageKeys.commits(stage, ref),
    queryFn: ({ pageParam, signal }) => {
      const cursor = pageParam === null ? '' : `?cursor=${encodeURIComponent(pageParam)}`;
      return apiGet(
        `/api/stages/${encodeURIComponent(stage)}/refs/${encodeURIComponent(ref)}/commits${cursor}`,
        commitPageSchema,
        signal,
      );
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

/** What a ref can go back to. */
export function formerCommitsOptions(stage: string, ref: string) {
  return queryOptions({
    queryKey: stageKeys.former(stage, ref),
    queryFn: ({ signal }) => apiGet(formerPath(stage, ref), formerCommitsSchema, signal),
  });
}

/** How many of those that are not in its history are shown unless somebody wants more. */
export const BESIDE_FIRST = 10;

/** The newest of the same that are not in its history. */
export function commitsBesideOptions(stage: string, ref: string, limit: number) {
  return queryOptions({
    queryKey: stageKeys.beside(stage, ref, limit),
    queryFn: ({ signal }) =>
      apiGet(`${formerPath(stage, ref)}?isAncestor=false&limit=${limit}`, formerCommitsSchema, signal),
  });
}

function formerPath(stage: string, ref: string): string {
  return `/api/stages/${encodeURIComponent(stage)}/refs/${encodeURIComponent(ref)}/former`;
}
