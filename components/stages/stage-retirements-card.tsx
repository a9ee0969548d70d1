'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { asSentence } from '@/components/ui/as-sentence';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { RelativeTime } from '@/components/ui/relative-time';
import { Size } from '@/components/ui/size';
import { UnsafeText } from '@/components/ui/unsafe-text';
import { mayOn } from '@/lib/contracts/person';
import type { RetirementDto } from '@/lib/contracts/retirement';
import type { StagePageDto } from '@/lib/contracts/stage';
import { meOptions } from '@/lib/query/me';
import { KeepCommitsDialog } from './keep-commits-dialog';

/** What removals left without a ref: what is deleted when, and the way to keep it. Nothing where nothing was removed. */
export function StageRetirementsCard({ page: { retirements, stage } }: { page: StagePageDto }) {
  const { data: me } = useQuery(meOptions);
  const [kept, setKept] = useState<RetirementDto | null>(null);
  if (retirements.length === 0) return null;
  const mayKeep = mayOn(me, 'retirement.stop', stage.name);
  return (
    <Card title="Removed refs" isFlush>
      <ul>
        {retirements.map((retirement) => (
          <li
            key={retirement.id}
            className="flex flex-wrap items-start gap-x-3 gap-y-2 border-b border-line px-3.5 py-2.5 last:border-b-0"
          >
            <div className="grid min-w-0 flex-1 basis-64 gap-0.5">
              {retirement.refs.map(({ ref }) => (
                <p key={ref} className="font-mono text-sm break-all">
                  <UnsafeText text={ref} />
                </p>
              ))}
              <p className="text-muted">
                Removed by{' '}
                <Link href={`/promotions/${retirement.promotion}`} className="link-inline">
                  #{retirement.promotion}
                </Link>{' '}
                of <UnsafeText text={retirement.by} />, <RelativeTime iso={retirement.removedAt} />.
              </p>
              <p>
                <Fate retirement={retirement} />
              </p>
              {retirement.problem === null ? null : (
                <p className="text-bad">
                  <UnsafeText text={asSentence(retirement.problem)} /> It is tried again.
                </p>
              )}
            </div>
            {retirement.state === 'waiting' && mayKeep ? (
              <Button
                size="sm"
                aria-label={`Keep the commits of #${retirement.promotion}`}
                onClick={() => setKept(retirement)}
              >
                Keep the commits
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {kept === null ? null : <KeepCommitsDialog retirement={kept} onClose={() => setKept(null)} />}
    </Card>
  );
}

function Fate({ retirement }: { retirement: RetirementDto }) {
  const { state, dueAt, endedAt, estimate, counts, stopped } = retirement;
  switch (state) {
    case 'waiting':
      return (
        <>
          <b className="font-semibold text-wait">Deleted</b> <RelativeTime iso={dueAt} />: what nothing needs
          by then.
          {estimate === null ? null : (
            <span className="text-muted">
              {' '}
              When it was asked for that was {estimate.commits === 0 ? 'nothing' : commits(estimate.commits)}
              {estimate.size === null || estimate.commits === 0 ? null : (
                <>
                  , <Size bytes={estimate.size.bytes} />
                </>
              )}
              .
            </span>
          )}
        </>
      );
    case 'deleting':
      return (
        <>
          <b className="font-semibold text-run">Being deleted</b>
          {counts === null ? '.' : `: ${commits(counts.commits)}.`}
        </>
      );
    case 'stopped':
      return (
        <>
          <b className="font-semibold">Kept</b> by <UnsafeText text={stopped?.by ?? 'somebody'} />
          {endedAt === null ? null : (
            <>
              , <RelativeTime iso={endedAt} />
            </>
          )}
          .{' '}
          <span className="text-muted">
            <UnsafeText text={asSentence(stopped?.reason ?? '')} />
          </span>
        </>
      );
    case 'done':
      if (counts === null || counts.commits === 0)
        return <>Nothing was deleted: all of it is needed or gone.</>;
      return (
        <>
          {commits(counts.commits)} deleted
          {endedAt === null ? null : (
            <>
              {' '}
              <RelativeTime iso={endedAt} />
            </>
          )}
          , <Size bytes={counts.bytes} />
          {counts.kept === 0 ? '.' : `; ${commits(counts.kept)} stayed, since something needs them.`}
        </>
      );
  }
}

function commits(count: number): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? 'commit' : 'commits'}`;
}
