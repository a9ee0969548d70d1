'use client';

import { QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { NowProvider } from '@/components/ui/now-provider';
import { getQueryClient } from '@/lib/query/query-client';

export interface ProvidersProps {
  /** Milliseconds since 1970 at which the server renders. */
  renderedAt: number;
  children: ReactNode;
}

/** What every page may rely on: the query client, the clock of relative times. */
export function Providers({ renderedAt, children }: ProvidersProps) {
  return (
    <QueryClientProvider client={getQueryClient()}>
      <NowProvider renderedAt={renderedAt}>{children}</NowProvider>
    </QueryClientProvider>
  );
}
