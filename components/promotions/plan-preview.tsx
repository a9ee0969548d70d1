'use client';

import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Problem } from '@/components/ui/problem';
import { Skeleton } from '@/components/ui/skeleton';
import type { PlanResultDto } from '@/lib/contracts/promotion';
import { FullChecksums } from './full-checksums';
import { PlanTable } from './plan-table';
import { StrandedCard } from './stranded-card';

export interface PlanPreviewProps {
  /** Whether there is anything to plan, and what to choose where there is not. */
  isChosen: boolean;
  what?: string;
  result: PlanResultDto | undefined;
  /** The plan shown is not (yet) the one for what is chosen. */
  isOutdated: boolean;
  error: unknown;
  retry: () => void;
}

/** The plan for what is chosen, before anyone is asked for it. */
export function PlanPreview({
  isChosen,
  what = 'Choose at least one ref',
  result,
  isOutdated,
  error,
  retry,
}: PlanPreviewProps) {
  if (!isChosen) {
    return (
      <Card title="What will happen">
        <EmptyState title={what}>
          The plan appears here: what the target has now, what it would have, and what clients would fetch.
        </EmptyState>
      </Card>
    );
  }
  if (error != null) return <Problem error={error} retry={retry} />;
  if (result === undefined) {
    return (
      <Card title="What will happen">
        <div role="status" className="grid gap-3">
          <span className="sr-only">Making the plan</span>
          <Skeleton className="h-4 w-full" />
          <Skeleton className="h-4 w-4/5" />
        </div>
      </Card>
    );
  }
  return (
    <div aria-busy={isOutdated} className={`grid gap-4 transition-opacity ${isOutdated ? 'opacity-50' : ''}`}>
      <PlanTable plan={result.plan} facts={result.facts} />
      <StrandedCard plan={result.plan} facts={result.facts} />
      <FullChecksums plan={result.plan} planChecksum={result.planChecksum} />
    </div>
  );
}
