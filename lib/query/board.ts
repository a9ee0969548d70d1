import { queryOptions } from '@tanstack/react-query';
import { boardSchema } from '../contracts/board';
import { apiGet } from './api';

const getBoard = (signal: AbortSignal) => apiGet('/api/board', boardSchema, signal);

/** The board. Whoever looks at it live adds a `refetchInterval`. */
export const boardOptions = queryOptions({
  queryKey: ['board'] as const,
  queryFn: ({ signal }) => getBoard(signal),
});

/**
 * The board once more, for who looks for a place from any page. Not under the key of the board's page: that one may just
 * be taking over from the server what the server had rendered, and must not find something newer in its place.
 */
export const placesOptions = queryOptions({
  queryKey: ['places'] as const,
  queryFn: ({ signal }) => getBoard(signal),
});
