import { dehydrate, HydrationBoundary, QueryClient, type QueryKey } from '@tanstack/react-query';
import type { ReactNode } from 'react';

export interface HydrateProps {
  /** What the server already knows: the key of its query and the data, as the GET route would answer. */
  entries: ReadonlyArray<readonly [key: QueryKey, data: unknown]>;
  children: ReactNode;
}

/** Gives the browser's queries below it what the server has just read, so that none starts empty. */
export function Hydrate({ entries, children }: HydrateProps) {
  const client = new QueryClient();
  for (const [key, data] of entries) client.setQueryData(key, data);
  return <HydrationBoundary state={dehydrate(client)}>{children}</HydrationBoundary>;
}
