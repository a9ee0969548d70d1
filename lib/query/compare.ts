import { queryOptions } from '@tanstack/react-query';
import { compareSchema, fileDiffSchema } from '../contracts/commit';
import { apiGet } from './api';

export const compareKeys = {
  all: (from: string | null, to: string) => ['compare', from, to] as const,
  file: (from: string | null, to: string, path: string) => ['compare', from, to, 'file', path] as const,
};

function searchOf(from: string | null, to: string): URLSearchParams {
  const search = new URLSearchParams({ to });
  if (from !== null) search.set('from', from);
  return search;
}

/** What differs between two commits; `from` null compares with an empty tree. It can never change. */
export function compareOptions(from: string | null, to: string) {
  return queryOptions({
    queryKey: compareKeys.all(from, to),
    queryFn: ({ signal }) => apiGet(`/api/compare?${searchOf(from, to)}`, compareSchema, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The text diff of one file between two commits. It can never change. */
export function compareFileOptions(from: string | null, to: string, path: string) {
  return queryOptions({
    queryKey: compareKeys.file(from, to, path),
    queryFn: ({ signal }) => {
      const search = searchOf(from, to);
      search.set('path', path);
      return apiGet(`/api/compare/file?${search}`, fileDiffSchema, signal);
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}
