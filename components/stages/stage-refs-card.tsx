'use client';

import Link from 'next/link';
import { useState } from 'react';
import { FilterInput } from '@/components/layout/filter-input';
import { matches } from '@/components/layout/matches';
import { useUrlFilter } from '@/components/layout/use-url-filter';
import { removalHref } from '@/components/promotions/removal-href';
import { Button, ButtonLink } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Checksum } from '@/components/ui/checksum';
import { Chip } from '@/components/ui/chip';
import { EmptyState } from '@/components/ui/empty-state';
import { RelativeTime } from '@/components/ui/relative-time';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { StageRefDto } from '@/lib/contracts/stage';
import { commitPath, refPath } from './stage-paths';

const ROWS_STEP = 200;

function RefNotes({ stageRef }: { stageRef: StageRefDto }) {
  return (
    <>
      {stageRef.isBroken ? (
        <Chip tone="bad" hasDot title="Its commit is missing or damaged. Run fsck on the repository.">
          broken
        </Chip>
      ) : null}
      {stageRef.isDrifted ? (
        <Chip tone="stale" hasDot title="Something other than Treeline moved it">
          changed outside
        </Chip>
      ) : null}
      {stageRef.holds.length === 0 ? null : (
        <Chip
          tone="wait"
          hasDot
          title={stageRef.holds.map(({ by, reason }) => `By ${by}: ${reason}`).join('\n')}
        >
          held
        </Chip>
      )}
      {stageRef.isPromotable ? null : (
        <Chip tone="wait" hasDot title="Its name isn’t one that can be promoted">
          can’t be promoted
        </Chip>
      )}
    </>
  );
}

interface RefTableRowProps {
  stage: string;
  stageRef: StageRefDto;
  canRemove: boolean;
}

function RefTableRow({ stage, stageRef, canRemove }: RefTableRowProps) {
  return (
    <Tr>
      <Td className="font-mono text-sm">
        <Link href={refPath(stage, stageRef.ref)} className="link">
          <UnsafeText text={stageRef.ref} />
        </Link>
      </Td>
      <Td className="font-semibold">
        {stageRef.version === null ? null : <UnsafeText text={stageRef.version} />}
      </Td>
      <Td>
        <Checksum value={stageRef.checksum} href={commitPath(stageRef.checksum, stage)} />
      </Td>
      <Td className="max-w-72 min-w-32 text-muted">
        <span className="line-clamp-2">
          <UnsafeText text={stageRef.subject} />
        </span>
      </Td>
      <Td>
        <span className="flex gap-1">
          <RefNotes stageRef={stageRef} />
        </span>
      </Td>
      <Td isNumeric className="text-muted">
        {stageRef.isBroken ? null : <RelativeTime iso={stageRef.timestamp} />}
      </Td>
      {canRemove ? (
        <Td className="w-8 pl-0 text-right">
          {stageRef.isPromotable && stageRef.isBroughtByEdge && !stageRef.isBroken ? (
            <ButtonLink
              size="sm"
              href={removalHref(stage, [stageRef.ref])}
              aria-label={`Remove ${stageRef.ref} from ${stage}`}
            >
              Remove
            </ButtonLink>
          ) : null}
        </Td>
      ) : null}
    </Tr>
  );
}

export interface StageRefsCardProps {
  stage: string;
  refs: StageRefDto[];
  /** Whether the reader may ask for refs to be removed. */
  canRemove: boolean;
}

/** A stage's refs, filtered as one types. */
export function StageRefsCard({ stage, refs, canRemove }: StageRefsCardProps) {
  const [filter, setFilter] = useUrlFilter('q');
  const [rowsMax, setRowsMax] = useState(ROWS_STEP);
  const found = refs.filter((ref) => matches(filter, ref.ref, ref.version, ref.subject));
  const shown = found.slice(0, rowsMax);
  const total = refs.length.toLocaleString('en-GB');
  return (
    <Card
      title={
        <>
          Refs <span className="font-normal text-faint">{total}</span>
        </>
      }
      isFlush
      actions={
        refs.length > 1 ? (
          <FilterInput
            value={filter}
            onChange={setFilter}
            label="Filter refs"
            result={`${found.length} of ${refs.length} refs`}
          />
        ) : null
      }
    >
      {refs.length === 0 ? (
        <EmptyState title="No refs yet">
          <p>They appear when something is committed to the repository or promoted into it.</p>
        </EmptyState>
      ) : found.length === 0 ? (
        <EmptyState
          title={`None of ${total} refs holds “${filter}”`}
          action={<Button onClick={() => setFilter('')}>Clear the filter</Button>}
        />
      ) : (
        <Table label="Refs">
          <thead>
            <tr>
              <Th>Ref</Th>
              <Th>Version</Th>
              <Th>Commit</Th>
              <Th>Subject</Th>
              <Th>
                <span className="sr-only">Notes</span>
              </Th>
              <Th isNumeric>Committed</Th>
              {canRemove ? (
                <Th>
                  <span className="sr-only">Remove</span>
                </Th>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {shown.map((stageRef) => (
              <RefTableRow key={stageRef.ref} stage={stage} stageRef={stageRef} canRemove={canRemove} />
            ))}
          </tbody>
        </Table>
      )}
      {found.length > shown.length ? (
        <p className="flex items-center gap-3 border-t border-line px-3.5 py-2 text-muted">
          {shown.length.toLocaleString('en-GB')} of {found.length.toLocaleString('en-GB')} shown.
          <Button size="sm" onClick={() => setRowsMax(rowsMax + ROWS_STEP)}>
            Show more
          </Button>
        </p>
      ) : null}
    </Card>
  );
}
