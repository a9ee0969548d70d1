import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './api';

/** Where a person goes when the server no longer knows them; null for every other problem. */
function signInPath(error: unknown): string | null {
  if (!(error instanceof ApiProblem)) return null;
  if (error.problem.code === 'password-change-required') return '/change-password';
  if (error.problem.code !== 'not-signed-in') return null;
  const here = window.location.pathname + window.location.search;
  return `/sign-in?callbackUrl=${encodeURIComponent(here)}`;
}

function onError(error: unknown): void {
  const path = typeof window === 'undefined' ? null : signInPath(error);
  if (path !== null && !window.location.pathname.startsWith('/sign-in')) window.location.assign(path);
}

/** Another try may help where the server was not reached or failed; it can't where it refused. */
function mayRetry(failures: number, error: unknown): boolean {
  const status = error instanceof ApiProblem ? error.problem.status : 0;
  return failures < 2 && (status === 0 || status >= 500);
}

function makeQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 2000,
        retry: mayRetry,
        retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 5000),
        // Treeline often runs where the browser believes that it is offline.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
}

let browserClient: QueryClient | undefined;

/** One client for the browser's lifetime; on the server a new one for each render. */
export function getQueryClient(): QueryClient {
  if (typeof window === 'undefined') return makeQueryClient();
  browserClient ??= makeQueryClient();
  return browserClient;
}
