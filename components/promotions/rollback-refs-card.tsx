'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { X } from 'lucide-react';
import Link from 'next/link';
import { comparePath, refPath } from '@/components/stages/stage-paths';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Problem } from '@/components/ui/problem';
import { Select } from '@/components/ui/select';
import { Skeleton } from '@/components/ui/skeleton';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { FormerCommitDto, FormerCommitsDto } from '@/lib/contracts/commit';
import { AnotherRefSelect } from './another-ref-select';
import type { RollbackRef } from './rollback-href';

export interface RollbackRefsCardProps {
  stage: string;
  refs: readonly RollbackRef[];
  /** What each ref can go back to, in the order of `refs`. */
  former: readonly UseQueryResult<FormerCommitsDto>[];
  /** Other refs of the stage that could come along. */
  others: readonly string[];
  onChange: (refs: RollbackRef[]) => void;
}

/** The refs that go back, each with what it is at and what it goes back to. */
export function RollbackRefsCard({ stage, refs, former, others, onChange }: RollbackRefsCardProps) {
  return (
    <Card title={refs.length > 1 ? `${refs.length} refs go back` : 'What goes back'} isFlush>
      <ul>
        {refs.map((entry, index) => (
          <li key={entry.ref} className="grid gap-1.5 border-b border-line px-3.5 py-2.5 last:border-b-0">
            <div className="flex min-w-0 items-start gap-2">
              <Link
                href={refPath(stage, entry.ref)}
                className="link min-w-0 flex-1 font-mono text-sm break-all"
              >
                <UnsafeText text={entry.ref} />
              </Link>
              {refs.length > 1 ? (
                <Button
                  variant="ghost"
                  size="sm"
                  aria-label={`Leave ${entry.ref} where it is`}
                  onClick={() => onChange(refs.filter((each) => each !== entry))}
                >
                  <X aria-hidden="true" className="size-3.5" />
                </Button>
              ) : null}
            </div>
            <RefChoice
              entry={entry}
              query={former[index]}
              onChange={(to) => onChange(refs.map((each) => (each === entry ? { ...each, to } : each)))}
            />
          </li>
        ))}
      </ul>
      <AnotherRefSelect
        label="Take another ref along"
        others={others}
        onChoose={(ref) => onChange([...refs, { ref, to: null }])}
      />
    </Card>
  );
}

interface RefChoiceProps {
  entry: RollbackRef;
  query: UseQueryResult<FormerCommitsDto> | undefined;
  onChange: (to: string | null) => void;
}

function RefChoice({ entry: { ref, to }, query, onChange }: RefChoiceProps) {
  const data = query?.data;
  if (query === undefined || data === undefined) {
    if (query?.isError) return <Problem error={query.error} retry={() => void query.refetch()} />;
    return <Skeleton className="h-8" />;
  }
  const { head, items } = data;
  if (items.length === 0) {
    return <p className="text-muted">It has been at no other commit that is still whole here.</p>;
  }
  const isKnown = items.some(({ checksum }) => checksum === to);
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-2.5 gap-y-1.5">
      <span className="text-muted">
        from <b className="font-semibold text-text">{commitName(head)}</b> back to
      </span>
      <Select
        aria-label={`What ${ref} goes back to`}
        value={isKnown ? (to ?? '') : ''}
        onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)}
        className="max-w-full min-w-0"
      >
        <option value="">Choose a commit…</option>
        <Options label="In its history" items={items.filter(({ isAncestor }) => isAncestor)} />
        <Options label="Was here before" items={items.filter(({ isAncestor }) => !isAncestor)} />
      </Select>
      {to !== null && !isKnown ? (
        <span className="text-bad">
          It has never been at <code className="text-sm">{to.slice(0, 10)}</code>, or that is gone.
        </span>
      ) : null}
      {isKnown && to !== null ? (
        <Link href={comparePath(head.checksum, to)} className="link-inline">
          Compare<span className="sr-only"> what {ref} would lose</span>
        </Link>
      ) : null}
    </div>
  );
}

function Options({ label, items }: { label: string; items: readonly FormerCommitDto[] }) {
  if (items.length === 0) return null;
  return (
    <optgroup label={label}>
      {items.map((item) => (
        <option key={item.checksum} value={item.checksum}>
          {commitName(item)}
          {item.promotion === null ? '' : `, #${item.promotion}`} ({item.timestamp.slice(0, 10)})
        </option>
      ))}
    </optgroup>
  );
}

function commitName({ version, checksum }: Pick<FormerCommitDto, 'version' | 'checksum'>): string {
  const short = checksum.slice(0, 10);
  return version === null ? short : `${version} ${short}`;
}
