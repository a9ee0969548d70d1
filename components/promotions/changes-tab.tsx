'use client';

import { useSearchParams } from 'next/navigation';
import { FileDiffCard } from '@/components/compare/file-diff-card';
import { FilesCard } from '@/components/compare/files-card';
import { ShallowLink } from '@/components/layout/shallow-link';
import { ButtonLink } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Problem } from '@/components/ui/problem';
import { Size } from '@/components/ui/size';
import { Skeleton } from '@/components/ui/skeleton';
import { promotionTabHref } from './promotion-tabs';
import type { RefComparison } from './use-plan-comparisons';

export interface ChangesTabProps {
  number: number;
  comparisons: readonly RefComparison[];
}

/** Which files change between the target's head and what it becomes, a ref at a time. */
export function ChangesTab({ number, comparisons }: ChangesTabProps) {
  const search = useSearchParams();
  const wanted = search.get('ref');
  const shown = comparisons.find(({ targetRef }) => targetRef === wanted) ?? comparisons[0];
  if (shown === undefined) return null;
  const hrefOf = (ref: string, file: string | null) => {
    const next = new URLSearchParams({ ref });
    if (file !== null) next.set('file', file);
    return `${promotionTabHref(number, 'changes')}&${next.toString().replaceAll('%2F', '/')}`;
  };
  return (
    <>
      {comparisons.length === 1 ? null : (
        <RefChoice
          comparisons={comparisons}
          current={shown.targetRef}
          hrefOf={(ref) => hrefOf(ref, search.get('file'))}
        />
      )}
      <RefChanges
        comparison={shown}
        file={search.get('file')}
        hrefOf={(file) => hrefOf(shown.targetRef, file)}
      />
    </>
  );
}

interface RefChoiceProps {
  comparisons: readonly RefComparison[];
  current: string;
  hrefOf: (ref: string) => string;
}

function RefChoice({ comparisons, current, hrefOf }: RefChoiceProps) {
  return (
    <nav aria-label="Refs of the promotion">
      <ul className="flex flex-wrap gap-1.5">
        {comparisons.map(({ targetRef }) => (
          <li key={targetRef}>
            <ShallowLink
              href={hrefOf(targetRef)}
              aria-current={targetRef === current ? 'true' : undefined}
              className="flex min-h-[30px] items-center rounded-md border border-line-strong bg-panel px-2.5 font-mono text-sm break-all text-muted hover:bg-hover aria-current:border-brand aria-current:bg-brand-soft aria-current:text-text"
            >
              {targetRef}
            </ShallowLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface RefChangesProps {
  comparison: RefComparison;
  file: string | null;
  hrefOf: (file: string | null) => string;
}

function RefChanges({ comparison: { data, error, retry, from, to }, file, hrefOf }: RefChangesProps) {
  if (data === undefined) {
    if (error !== null) return <Problem error={error} retry={retry} />;
    return (
      <Card title="Files">
        <div role="status" className="grid gap-3">
          <span className="sr-only">Comparing</span>
          <Skeleton />
          <Skeleton className="h-4 w-2/3" />
        </div>
      </Card>
    );
  }
  const compareSearch = new URLSearchParams(from === null ? { to } : { from, to });
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted">
        <span>
          {data.counts.modified.toLocaleString('en-GB')} modified, {data.counts.added.toLocaleString('en-GB')}{' '}
          added, {data.counts.removed.toLocaleString('en-GB')} removed,{' '}
          <Size bytes={data.sizeChange} isChange />
        </span>
        <span className="flex-1" />
        <ButtonLink size="sm" href={`/compare?${compareSearch}`}>
          Open in compare
        </ButtonLink>
      </p>
      {file === null ? null : (
        <FileDiffCard
          from={from}
          to={to}
          path={file}
          row={data.rows.find(({ path }) => path === file)}
          closeHref={hrefOf(null)}
        />
      )}
      <FilesCard compare={data} openPath={file} hrefOf={hrefOf} />
    </>
  );
}
