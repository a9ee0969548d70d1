'use client';

import { ButtonLink } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Problem } from '@/components/ui/problem';
import { Size } from '@/components/ui/size';
import { Skeleton } from '@/components/ui/skeleton';
import type { RefComparison } from './use-plan-comparisons';

/** For each ref, which files change between the target's head and what it becomes. */
export function ChangesTab({ comparisons }: { comparisons: readonly RefComparison[] }) {
  return comparisons.map((comparison) => <RefChanges key={comparison.targetRef} comparison={comparison} />);
}

function RefChanges({ comparison }: { comparison: RefComparison }) {
  const { data, error, from, to, targetRef } = comparison;
  const search = new URLSearchParams(from === null ? { to } : { from, to });
  return (
    <Card
      title={<code className="font-semibold">{targetRef}</code>}
      actions={
        <ButtonLink size="sm" href={`/compare?${search}`}>
          Open in compare
        </ButtonLink>
      }
    >
      {error !== null ? (
        <Problem error={error} retry={comparison.retry} />
      ) : data === undefined ? (
        <div role="status" className="grid gap-3">
          <span className="sr-only">Comparing</span>
          <Skeleton />
          <Skeleton className="h-4 w-2/3" />
        </div>
      ) : (
        <p>
          {data.counts.modified} modified, {data.counts.added} added, {data.counts.removed} removed,{' '}
          <Size bytes={data.sizeChange} isChange />
        </p>
      )}
    </Card>
  );
}
