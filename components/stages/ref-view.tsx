'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { FreezeLines } from '@/components/freezes/freeze-lines';
import { HoldLines } from '@/components/holds/hold-lines';
import { SetHoldDialog } from '@/components/holds/set-hold-dialog';
import { removalHref } from '@/components/promotions/removal-href';
import { rollbackHref } from '@/components/promotions/rollback-href';
import { Button, ButtonLink } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Checksum } from '@/components/ui/checksum';
import { CopyButton } from '@/components/ui/copy-button';
import { RelativeTime } from '@/components/ui/relative-time';
import { STACKED } from '@/components/ui/stacked';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { UnsafeText } from '@/components/ui/unsafe-text';
import { FORMER_COMMITS_MAX, type FormerCommitDto } from '@/lib/contracts/commit';
import { mayOn } from '@/lib/contracts/person';
import { meOptions } from '@/lib/query/me';
import { BESIDE_FIRST, commitsBesideOptions, stageOptions } from '@/lib/query/stages';
import { RefHistory } from './ref-history';
import { SubjectLink } from './subject-link';

const REFETCH_MS = 15_000;

export interface RefViewProps {
  stage: string;
  refName: string;
}

/** One ref of a stage: what holds it, its history, and the ways back. */
export function RefView({ stage, refName }: RefViewProps) {
  const { data: me } = useQuery(meOptions);
  const { data: page } = useQuery({ ...stageOptions(stage), refetchInterval: REFETCH_MS });
  const [limit, setLimit] = useState(BESIDE_FIRST);
  const { data: former, isPlaceholderData } = useQuery({
    ...commitsBesideOptions(stage, refName, limit),
    refetchInterval: REFETCH_MS,
    // What is shown of this very ref stays until more is there.
    placeholderData: (shown) => (shown?.stage === stage && shown.ref === refName ? shown : undefined),
  });
  const [isSetting, setIsSetting] = useState(false);
  const holds = (page?.holds ?? []).filter(({ ref }) => ref === refName);
  const isTarget = (former?.edges.length ?? 0) > 0;
  const canRollBack = isTarget && mayOn(me, 'promotion.rollback', stage);
  const canRemove = isTarget && mayOn(me, 'promotion.remove', stage);
  const isByHand = holds.some(({ origin }) => origin === 'hand');
  const canHold = isTarget && !isByHand && mayOn(me, 'hold.set', stage);
  return (
    <>
      <div className="mb-3.5 flex flex-wrap items-center gap-x-1 gap-y-2">
        <h1 className="min-w-0 font-mono text-lg font-semibold break-all">
          <UnsafeText text={refName} />
        </h1>
        <CopyButton text={refName} label={`ref ${refName}`} />
        <span className="flex-1" />
        {canHold ? <Button onClick={() => setIsSetting(true)}>Hold</Button> : null}
        {canRemove ? (
          <ButtonLink variant="danger" href={removalHref(stage, [refName])}>
            Remove from {stage}
          </ButtonLink>
        ) : null}
      </div>
      <div className="mb-3.5 grid gap-2 empty:hidden">
        <FreezeLines
          freeze={page?.freeze ?? null}
          nextFreeze={page?.nextFreeze ?? null}
          className="rounded-md border border-line px-3 py-2"
        />
        <HoldLines holds={holds} className="rounded-md border border-wait px-3 py-2" />
      </div>
      <div className="grid gap-4">
        <RefHistory stage={stage} refName={refName} canRollBack={canRollBack} />
        <FormerCard
          stage={stage}
          refName={refName}
          items={former?.items ?? []}
          canRollBack={canRollBack}
          hasMore={former?.hasMore === true && (isPlaceholderData || limit < FORMER_COMMITS_MAX)}
          isBusy={isPlaceholderData}
          onShowMore={() => setLimit(FORMER_COMMITS_MAX)}
        />
      </div>
      {isSetting ? (
        <SetHoldDialog stage={stage} refs={[refName]} onClose={() => setIsSetting(false)} />
      ) : null}
    </>
  );
}

interface FormerCardProps extends RefViewProps {
  items: readonly FormerCommitDto[];
  canRollBack: boolean;
  hasMore: boolean;
  /** More of them are on their way. */
  isBusy: boolean;
  onShowMore: () => void;
}

/** Commits that the ref was at and that are not in its history: what a reset left behind, for one. */
function FormerCard(props: FormerCardProps) {
  const { stage, refName, items, canRollBack, hasMore, isBusy, onShowMore } = props;
  if (items.length === 0 && !hasMore) return null;
  return (
    <Card title="Was here before" isFlush>
      <Table label="Commits that the ref was at, and that are not in its history" className={STACKED.table}>
        <thead className={STACKED.head}>
          <tr>
            <Th>Version</Th>
            <Th>Commit</Th>
            <Th>Subject</Th>
            <Th>By</Th>
            <Th isNumeric>Committed</Th>
            <Th>
              <span className="sr-only">Roll back</span>
            </Th>
          </tr>
        </thead>
        <tbody className={STACKED.body}>
          {items.map((item) => (
            <Tr key={item.checksum} className={STACKED.row}>
              <Td className={`font-semibold whitespace-nowrap ${STACKED.cell}`}>
                {item.version === null ? null : <UnsafeText text={item.version} />}
              </Td>
              <Td className={STACKED.cell}>
                <Checksum value={item.checksum} />
              </Td>
              <Td className={`w-2/5 min-w-40 ${STACKED.line}`}>
                <SubjectLink stage={stage} commit={item} />
              </Td>
              <Td className={STACKED.cell}>
                {item.promotion === null ? null : (
                  <Link href={`/promotions/${item.promotion}`} className="link-inline">
                    #{item.promotion}
                  </Link>
                )}
              </Td>
              <Td isNumeric className={`text-muted ${STACKED.cell}`}>
                <RelativeTime iso={item.timestamp} />
              </Td>
              <Td className={`w-8 pl-0 sm:text-right ${STACKED.line}`}>
                {canRollBack ? (
                  <ButtonLink
                    size="sm"
                    href={rollbackHref(stage, [{ ref: refName, to: item.checksum }])}
                    aria-label={`Roll back to ${item.version ?? item.checksum.slice(0, 10)}`}
                  >
                    Roll back to this
                  </ButtonLink>
                ) : null}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      {hasMore ? (
        <p className="border-t border-line px-3.5 py-2">
          <Button size="sm" isBusy={isBusy} onClick={onShowMore}>
            Older commits
          </Button>
        </p>
      ) : null}
    </Card>
  );
}
