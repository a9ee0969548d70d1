'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, ButtonLink } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Problem } from '@/components/ui/problem';
import { Skeleton } from '@/components/ui/skeleton';
import { type AuditFilter, auditOptions, auditSearch } from '@/lib/query/audit';
import { AuditFilterBar } from './audit-filter';
import { AuditTable } from './audit-table';
import { ChainState } from './chain-state';

export interface HistoryViewProps {
  filter: AuditFilter;
  stages: readonly string[];
  canExport: boolean;
}

/** The audit log: whether it is whole, what the filter leaves of it, and the way to take it away. */
export function HistoryView({ filter, stages, canExport }: HistoryViewProps) {
  const log = useInfiniteQuery({
    ...auditOptions(filter),
    // Someone who reads further back is not read again page by page.
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) > 1 ? false : 15_000),
  });
  const newest = log.data?.pages[0];
  const rows = log.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="grid gap-3.5">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        {newest === undefined ? <Skeleton className="h-4 w-64" /> : <ChainState chain={newest.chain} />}
        {canExport ? (
          // Files, not pages: the browser saves them.
          <span className="flex gap-4">
            <a href="/api/audit/export" download className="link-inline">
              Export all as JSONL
            </a>
            <a href="/api/audit/export?format=csv" download className="link-inline">
              as CSV
            </a>
          </span>
        ) : (
          <span className="text-sm text-faint">An auditor can export the log.</span>
        )}
      </div>
      <AuditFilterBar
        filter={filter}
        people={newest?.people ?? []}
        stages={stages}
        kinds={newest?.kinds ?? []}
      />
      <Problem error={log.error} retry={() => void log.refetch()} />
      <Card isFlush>
        {rows.length > 0 ? (
          <AuditTable rows={rows} />
        ) : log.isPending ? (
          <div role="status" className="grid gap-3 p-4">
            <span className="sr-only">Loading</span>
            <Skeleton />
            <Skeleton className="h-4 w-3/4" />
          </div>
        ) : log.isError ? null : (
          <EmptyState
            title={log.hasNextPage ? 'Nothing so far' : 'No event is like this'}
            action={auditSearch(filter).size === 0 ? null : <ButtonLink href="/history">Show all</ButtonLink>}
          >
            {log.hasNextPage
              ? 'There are older events that were not searched yet.'
              : 'Whatever changes something in Treeline is written here.'}
          </EmptyState>
        )}
      </Card>
      {log.hasNextPage ? (
        <Button
          className="justify-self-center"
          isBusy={log.isFetchingNextPage}
          onClick={() => void log.fetchNextPage()}
        >
          {rows.length === 0 ? 'Search older ones' : 'Show older ones'}
        </Button>
      ) : null}
    </div>
  );
}
