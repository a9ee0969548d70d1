'use client';

import { useQuery } from '@tanstack/react-query';
import { FreezeLines } from '@/components/freezes/freeze-lines';
import { LiveNotice } from '@/components/layout/live-notice';
import { ButtonLink } from '@/components/ui/button';
import { Problem } from '@/components/ui/problem';
import { Skeleton } from '@/components/ui/skeleton';
import { mayOn } from '@/lib/contracts/person';
import { boardOptions } from '@/lib/query/board';
import { meOptions } from '@/lib/query/me';
import { stageOptions } from '@/lib/query/stages';
import { ClientCard } from './client-card';
import { KeysCard, RepositoryCard, SummaryCard } from './repository-card';
import { StageHoldsCard } from './stage-holds-card';
import { StageRefsCard } from './stage-refs-card';
import { StageRetirementsCard } from './stage-retirements-card';
import { stageState } from './stage-state';
import { StageStateChip } from './stage-state-chip';

const REFETCH_MS = 10_000;

/** One stage: its refs, and all that a client or an operator asks of it. */
export function StageView({ name }: { name: string }) {
  const query = useQuery({ ...stageOptions(name), refetchInterval: REFETCH_MS });
  const board = useQuery(boardOptions);
  const me = useQuery(meOptions);
  if (query.data === undefined)
    return query.isError ? (
      <Problem error={query.error} retry={() => query.refetch()} />
    ) : (
      <Skeleton className="h-64" />
    );
  const page = query.data;
  const { stage } = page;
  return (
    <>
      <LiveNotice query={query} />
      <div className="mb-3.5 flex flex-wrap items-center gap-2.5">
        <h1 className="text-xl font-semibold">{stage.name}</h1>
        <StageStateChip state={stageState(stage, page.refs, board.data?.inFlight ?? [])} />
        <span className="flex-1" />
        {me.data?.can.includes('settings.read') ? (
          <ButtonLink href={`/settings/stages/${stage.name}`}>Settings</ButtonLink>
        ) : null}
      </div>
      <div className="mb-4 grid gap-2 empty:hidden">
        <FreezeLines
          freeze={page.freeze}
          nextFreeze={page.nextFreeze}
          className="rounded-md border border-line px-3 py-2"
        />
      </div>
      {stage.problem === null ? null : (
        <div className="mb-4">
          <Problem
            problem={{
              type: 'about:blank',
              title: 'The repository can’t be read',
              status: 500,
              code: 'ostree/repo-invalid',
              detail: stage.problem,
            }}
            retry={() => query.refetch()}
          />
        </div>
      )}
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_330px]">
        <div className="grid min-w-0 gap-4">
          <StageHoldsCard page={page} />
          <StageRetirementsCard page={page} />
          {stage.problem === null ? (
            <StageRefsCard
              stage={stage.name}
              refs={page.refs}
              canRemove={page.incoming.length > 0 && mayOn(me.data, 'promotion.remove', stage.name)}
            />
          ) : null}
          <ClientCard client={page.client} />
        </div>
        <div className="grid min-w-0 items-start gap-4 md:max-xl:grid-cols-2">
          {stage.problem === null ? <SummaryCard stage={stage} /> : null}
          <KeysCard keys={stage.keys} />
          <RepositoryCard page={page} />
        </div>
      </div>
    </>
  );
}
