import { queryOptions } from '@tanstack/react-query';
import { boardSchema } from '../contracts/board';
import { apiGet } from './api';

/** The board. Whoever looks at it live adds a `refetchInterval`. */
export const boardOptions = queryOptions({
  queryKey: ['board'] as const,
  queryFn: ({ signal }) => apiGet('/api/board', boardSchema, signal),
});
