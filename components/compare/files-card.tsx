'use client';

import { useDeferredValue, useMemo, useState } from 'react';
import { ModeText } from '@/components/commits/mode-text';
import { FilterInput } from '@/components/layout/filter-input';
import { matches } from '@/components/layout/matches';
import { ShallowLink } from '@/components/layout/shallow-link';
import { useUrlFilter } from '@/components/layout/use-url-filter';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Select } from '@/components/ui/select';
import { Size } from '@/components/ui/size';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { CompareDto, DiffRowDto } from '@/lib/contracts/commit';
import { CHANGES, modeChange, parseChange, sizeDelta } from './summarise-change';

const ROWS_STEP = 200;
const MARKS = {
  added: { mark: 'A', tone: 'bg-ok-soft text-ok' },
  removed: { mark: 'D', tone: 'bg-bad-soft text-bad' },
  modified: { mark: 'M', tone: 'bg-run-soft text-run' },
} as const;

function ChangeMark({ change }: { change: DiffRowDto['change'] }) {
  const { mark, tone } = MARKS[change];
  return (
    <span
      title={change}
      className={`inline-grid size-[18px] shrink-0 place-items-center rounded-sm text-xs font-semibold ${tone}`}
    >
      <span aria-hidden="true">{mark}</span>
      <span className="sr-only">{change}</span>
    </span>
  );
}

function ModeCell({ row }: { row: DiffRowDto }) {
  const change = modeChange(row);
  if (change !== null)
    return (
      <span className="flex items-center gap-1.5">
        <ModeText mode={change.from} /> <span className="text-faint">→</span> <ModeText mode={change.to} />
      </span>
    );
  const mode = row.toMode ?? row.fromMode;
  return mode === null ? null : <ModeText mode={mode} />;
}

function SizeCell({ row }: { row: DiffRowDto }) {
  if (row.kind !== 'file') return null;
  const delta = sizeDelta(row);
  return (
    <>
      {row.toSize === null ? null : <Size bytes={row.toSize} />}
      {delta === null || row.change !== 'modified' ? null : (
        <span className="ml-2 inline-block min-w-16 text-faint">
          {delta === '0' ? 'same size' : <Size bytes={delta} isChange />}
        </span>
      )}
      {row.change === 'removed' && delta !== null ? (
        <span className="text-faint">
          <Size bytes={delta} isChange />
        </span>
      ) : null}
    </>
  );
}

interface DiffTableRowProps {
  row: DiffRowDto;
  href: string;
  isOpen: boolean;
}

function DiffTableRow({ row, href, isOpen }: DiffTableRowProps) {
  const name = (
    <>
      <UnsafeText text={row.path} />
      {row.kind === 'directory' ? '/' : null}
    </>
  );
  return (
    <Tr className={isOpen ? 'bg-brand-soft' : undefined}>
      <Td className="min-w-56">
        <span className="flex items-center gap-2.5">
          <ChangeMark change={row.change} />
          {row.kind === 'file' ? (
            <ShallowLink
              href={href}
              aria-current={isOpen ? 'true' : undefined}
              className="link min-w-0 font-mono text-sm break-all"
            >
              {name}
            </ShallowLink>
          ) : (
            <span className="min-w-0 font-mono text-sm break-all">{name}</span>
          )}
          {row.kind === 'symlink' ? <span className="text-sm text-faint">symlink</span> : null}
        </span>
      </Td>
      <Td className="max-sm:hidden">
        <ModeCell row={row} />
      </Td>
      <Td isNumeric className="whitespace-nowrap">
        <SizeCell row={row} />
      </Td>
    </Tr>
  );
}

export interface FilesCardProps {
  compare: CompareDto;
  /** The file whose text is shown. */
  openPath: string | null;
  hrefOf: (path: string) => string;
}

/** Every path that differs, filtered as one types. */
export function FilesCard({ compare, openPath, hrefOf }: FilesCardProps) {
  const [filter, setFilter] = useUrlFilter('q');
  const [changeText, setChangeText] = useUrlFilter('change');
  const [rowsMax, setRowsMax] = useState(ROWS_STEP);
  const change = parseChange(changeText);
  const deferred = useDeferredValue(filter);
  const found = useMemo(
    () =>
      compare.rows.filter((row) => (change === null || row.change === change) && matches(deferred, row.path)),
    [compare.rows, change, deferred],
  );
  const shown = found.slice(0, rowsMax);
  const total = compare.counts.added + compare.counts.removed + compare.counts.modified;
  const clear = () => {
    setFilter('');
    setChangeText('');
  };
  return (
    <Card
      isFlush
      title={
        <>
          Files <span className="font-normal text-faint">{total.toLocaleString('en-GB')}</span>
        </>
      }
      actions={
        total === 0 ? null : (
          <div className="flex w-full flex-wrap gap-2 sm:w-auto sm:flex-nowrap">
            <Select
              aria-label="Kind of change"
              value={change ?? ''}
              onChange={(event) => setChangeText(event.target.value)}
              className="sm:w-auto"
            >
              <option value="">All changes</option>
              {CHANGES.map((kind) => (
                <option key={kind} value={kind}>
                  Only {kind}
                </option>
              ))}
            </Select>
            <FilterInput
              value={filter}
              onChange={setFilter}
              label="Filter paths"
              result={`${found.length} of ${compare.rows.length} paths`}
            />
          </div>
        )
      }
    >
      {total === 0 ? (
        <EmptyState title="The trees are the same">
          <p>The two commits hold the same files with the same modes and owners.</p>
        </EmptyState>
      ) : found.length === 0 ? (
        <EmptyState
          title="No changed path is left"
          action={<Button onClick={clear}>Clear the filter</Button>}
        >
          <p>None of {compare.rows.length.toLocaleString('en-GB')} changed paths passes the filter.</p>
        </EmptyState>
      ) : (
        <Table label="Changed paths">
          <thead>
            <tr>
              <Th>Path</Th>
              <Th className="max-sm:hidden">Mode</Th>
              <Th isNumeric>Size</Th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <DiffTableRow
                key={`${row.change} ${row.path}`}
                row={row}
                href={hrefOf(row.path)}
                isOpen={row.path === openPath}
              />
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
      {compare.isTruncated ? (
        <p className="border-t border-line px-3.5 py-2 text-wait">
          More paths differ than can be listed here: the numbers above count all of them, the list holds the
          first {compare.rows.length.toLocaleString('en-GB')}.{' '}
          <code className="text-sm">treeline repo diff</code> lists every one.
        </p>
      ) : null}
    </Card>
  );
}
