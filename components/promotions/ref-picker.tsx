'use client';

import { type ReactNode, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Checksum } from '@/components/ui/checksum';
import { EmptyState } from '@/components/ui/empty-state';
import { Input } from '@/components/ui/input';
import { RelativeTime } from '@/components/ui/relative-time';
import { STACKED } from '@/components/ui/stacked';
import { Table, Td, Th } from '@/components/ui/table';
import { UnsafeText } from '@/components/ui/unsafe-text';
import { VisuallyHidden } from '@/components/ui/visually-hidden';
import type { OfferedRef } from './offer-refs';
import { relationText } from './relation-text';

/** From so many refs on a field to filter them is of use. */
const FILTER_FROM = 10;

export interface RefPickerProps {
  from: string;
  to: string;
  offered: readonly OfferedRef[];
  chosen: ReadonlySet<string>;
  onChange: (chosen: Set<string>) => void;
}

/** The refs of the source stage: those that may come can be ticked, the others say why they can't. */
export function RefPicker({ from, to, offered, chosen, onChange }: RefPickerProps) {
  const [filter, setFilter] = useState('');
  const shown = offered.filter((entry) => entry.ref.toLowerCase().includes(filter.trim().toLowerCase()));
  const selectable = shown.filter((entry) => entry.isSelectable);
  const areAllChosen = selectable.length > 0 && selectable.every((entry) => chosen.has(entry.ref));

  function toggle(ref: string) {
    const next = new Set(chosen);
    if (!next.delete(ref)) next.add(ref);
    onChange(next);
  }
  function toggleAll() {
    const next = new Set(chosen);
    for (const entry of selectable) {
      if (areAllChosen) next.delete(entry.ref);
      else next.add(entry.ref);
    }
    onChange(next);
  }

  return (
    <Card
      title="Refs"
      isFlush
      actions={
        <>
          {offered.length < FILTER_FROM ? null : (
            <Input
              type="search"
              aria-label="Filter refs"
              placeholder="Filter"
              value={filter}
              onChange={(event) => setFilter(event.target.value)}
              className="max-w-44"
            />
          )}
          {selectable.length < 2 ? null : (
            <Button size="sm" onClick={toggleAll}>
              {areAllChosen ? 'Choose none' : `Choose all ${selectable.length}`}
            </Button>
          )}
        </>
      }
    >
      {shown.length === 0 ? (
        <EmptyState title={offered.length === 0 ? `${from} has no refs` : 'No ref has this in its name'}>
          {offered.length === 0
            ? `Commit something to ${from}, then it can be promoted.`
            : 'Clear the filter to see them all.'}
        </EmptyState>
      ) : (
        <Table label={`Refs of ${from}`} className={STACKED.table}>
          <thead className={STACKED.head}>
            <tr>
              <Th className="w-8 pr-0">
                <VisuallyHidden>Choose</VisuallyHidden>
              </Th>
              <Th>Ref</Th>
              <Th>{from} has</Th>
              <Th>{to} has</Th>
              <Th>Ahead</Th>
              <Th isNumeric>Committed</Th>
            </tr>
          </thead>
          <tbody className={STACKED.body}>
            {shown.map((entry) => (
              <RefRow
                key={entry.ref}
                entry={entry}
                from={from}
                to={to}
                isChosen={chosen.has(entry.ref)}
                onToggle={() => toggle(entry.ref)}
              />
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  );
}

interface RefRowProps {
  entry: OfferedRef;
  from: string;
  to: string;
  isChosen: boolean;
  onToggle: () => void;
}

/** A cell that is a line of its row on a narrow screen. */
const CELL = `align-top max-sm:col-start-2 ${STACKED.cell}`;

function RefRow({ entry, from, to, isChosen, onToggle }: RefRowProps) {
  const id = `choose-${entry.ref}`;
  const ground = isChosen ? 'bg-brand-soft' : entry.isSelectable ? 'hover:bg-hover' : 'bg-bg text-faint';
  return (
    <tr
      className={`max-sm:grid max-sm:grid-cols-[24px_1fr] max-sm:border-b max-sm:border-line max-sm:px-3.5 max-sm:py-2 max-sm:last:border-b-0 ${ground}`}
    >
      <Td className="w-8 pr-0 align-top max-sm:row-span-6 max-sm:border-0 max-sm:p-0">
        <input
          type="checkbox"
          id={id}
          checked={isChosen}
          disabled={!entry.isSelectable}
          onChange={onToggle}
          className="mt-[3px] size-3.5 accent-brand"
        />
      </Td>
      <Td className={CELL}>
        <label htmlFor={id} className="block cursor-[inherit] font-mono text-sm">
          <UnsafeText text={entry.ref} />
          {entry.targetRef === null || entry.targetRef === entry.ref ? null : (
            <>
              {' '}
              <span className="font-sans text-muted">as</span> <UnsafeText text={entry.targetRef} />
            </>
          )}
        </label>
        {entry.isSelectable && entry.note !== null ? (
          <span className="block text-wait">{entry.note}</span>
        ) : null}
      </Td>
      <Td className={`whitespace-nowrap ${CELL}`}>
        <Narrow>{from} has </Narrow>
        <Head version={entry.version} checksum={entry.checksum} />
      </Td>
      {entry.isSelectable ? (
        <>
          <Td className={`whitespace-nowrap ${CELL}`}>
            <Narrow>{to} has </Narrow>
            <Head version={entry.targetVersion} checksum={entry.targetChecksum} />
          </Td>
          <Td className={`whitespace-nowrap ${CELL}`}>{relationText(entry)}</Td>
          <Td isNumeric className={`text-faint max-sm:text-left ${CELL}`}>
            <RelativeTime iso={entry.timestamp} />
          </Td>
        </>
      ) : (
        <Td colSpan={3} className={`text-muted ${CELL}`}>
          {entry.note}
        </Td>
      )}
    </tr>
  );
}

/** Says on a narrow screen what the heading of the column says on a wide one. */
function Narrow({ children }: { children: ReactNode }) {
  return <span className="text-faint sm:hidden">{children}</span>;
}

function Head({ version, checksum }: { version: string | null; checksum: string | null }) {
  if (checksum === null) return <span className="text-faint">nothing yet</span>;
  return (
    <span className="inline-flex items-center gap-1.5">
      {version === null ? null : (
        <b className="font-semibold">
          <UnsafeText text={version} />
        </b>
      )}
      <Checksum value={checksum} hasCopy={false} />
    </span>
  );
}
