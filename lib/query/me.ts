import { queryOptions } from '@tanstack/react-query';
import { meSchema } from '../contracts/person';
import { apiGet } from './api';

/** Who is signed in, and what they may do. */
export const meOptions = queryOptions({
  queryKey: ['me'] as const,
  queryFn: ({ signal }) => apiGet('/api/me', meSchema, signal),
  staleTime: 60_000,
});
