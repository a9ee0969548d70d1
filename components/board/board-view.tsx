'use client';

import { useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import { LiveNotice } from '@/components/layout/live-notice';
import { ButtonLink } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Problem } from '@/components/ui/problem';
import { Skeleton } from '@/components/ui/skeleton';
import type { BoardDto } from '@/lib/contracts/board';
import { boardOptions } from '@/lib/query/board';
import { meOptions } from '@/lib/query/me';
import { arrangeBoard } from './arrange-board';
import { EdgeConnector } from './edge-connector';
import { EmergencyBanner } from './emergency-banner';
import { InFlightCard } from './in-flight-card';
import { RecentCard } from './recent-card';
import { StageCard } from './stage-card';

const REFETCH_MS = 5000;
/** While a run is under way its step changes by the second. */
const REFETCH_RUNNING_MS = 1500;

function refetchMs(board: BoardDto | undefined): number {
  const isRunning =
    board?.inFlight.some(
      ({ state, waits }) => state === 'running' || (state === 'approved' && waits.length === 0),
    ) ?? false;
  return isRunning ? REFETCH_RUNNING_MS : REFETCH_MS;
}

function NoStages() {
  const { data: me } = useQuery(meOptions);
  const maySet = me?.can.includes('settings.write') ?? false;
  return (
    <Card label="No stages yet">
      <EmptyState
        title="No stages yet"
        action={
          maySet ? (
            <ButtonLink href="/settings/stages" variant="primary">
              Add the first stage
            </ButtonLink>
          ) : null
        }
      >
        <p>
          A stage is an OSTree repository with a place in the pipeline: one for dev, one for staging, one for
          production.{' '}
          {maySet
            ? 'Point Treeline at the repositories you have; it looks before it changes anything.'
            : 'Ask an admin to add the repositories in settings.'}
        </p>
      </EmptyState>
    </Card>
  );
}

/** Stages from left to right, narrow screens from top to bottom. */
function Pipeline({ board }: { board: BoardDto }) {
  const columns = arrangeBoard(board);
  return (
    <div className="flex flex-col lg:flex-row lg:items-start lg:overflow-x-auto">
      {columns.map((column, index) => (
        <Fragment key={column.stage.stage.id}>
          <div className="min-w-0 lg:min-w-[250px] lg:flex-1">
            <StageCard board={column.stage} otherEdges={column.otherEdges} inFlight={board.inFlight} />
          </div>
          {index < columns.length - 1 ? <EdgeConnector edges={column.edges} /> : null}
        </Fragment>
      ))}
    </div>
  );
}

/** The board's shape while it is read. */
function BoardSkeleton() {
  return (
    <div aria-busy="true" className="grid gap-4 lg:grid-cols-3">
      <p role="status" className="sr-only">
        Reading the stages
      </p>
      {['first', 'second', 'third'].map((key) => (
        <div key={key} className="grid gap-3 rounded-lg border border-line bg-panel p-3.5">
          <Skeleton className="h-4 w-24" />
          <Skeleton className="h-3.5 w-40" />
          <Skeleton className="h-10" />
          <Skeleton className="h-10" />
          <Skeleton className="h-10" />
        </div>
      ))}
    </div>
  );
}

/** The board, renewed every few seconds and whenever one comes back to it. */
export function BoardView() {
  const query = useQuery({ ...boardOptions, refetchInterval: ({ state }) => refetchMs(state.data) });
  if (query.data === undefined)
    return query.isError ? <Problem error={query.error} retry={() => query.refetch()} /> : <BoardSkeleton />;
  const board = query.data;
  return (
    <>
      <LiveNotice query={query} />
      <EmergencyBanner />
      {board.stages.length === 0 ? (
        <NoStages />
      ) : (
        <>
          <Pipeline board={board} />
          <div className="mt-4 grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_330px]">
            <InFlightCard promotions={board.inFlight} />
            <RecentCard events={board.recent} />
          </div>
        </>
      )}
    </>
  );
}
