'use client';

import { Button } from '@/components/ui/button';
import { RelativeTime } from '@/components/ui/relative-time';
import { problemOf } from '@/lib/query/api';

export interface LiveNoticeProps {
  /** A query that refetches by itself and shows what it last got. */
  query: {
    isRefetchError: boolean;
    isFetching: boolean;
    error: unknown;
    dataUpdatedAt: number;
    refetch: () => unknown;
  };
}

/** Says that what is shown may be old, since the last try to renew it failed. Nothing while all is well. */
export function LiveNotice({ query }: LiveNoticeProps) {
  if (!query.isRefetchError) return null;
  return (
    <div
      role="status"
      className="mb-3.5 flex flex-wrap items-center gap-2 rounded-md border border-wait bg-wait-soft px-3 py-2"
    >
      <p className="min-w-0 flex-1">
        <strong className="text-wait">Not live.</strong> {problemOf(query.error).title}. This is how it was{' '}
        <RelativeTime iso={new Date(query.dataUpdatedAt).toISOString()} />.
      </p>
      <Button size="sm" isBusy={query.isFetching} onClick={() => query.refetch()}>
        Try now
      </Button>
    </div>
  );
}
