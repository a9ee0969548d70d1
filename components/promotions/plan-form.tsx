import type { ReactNode } from 'react';
import { AskCard, type AskCardProps } from './ask-card';
import { ChecksCard } from './checks-card';
import { PlanPreview } from './plan-preview';
import type { usePlan } from './use-new-promotion';

export interface PlanFormProps
  extends Pick<AskCardProps, 'what' | 'whyNot' | 'input' | 'notBefore' | 'emergency'> {
  /** Of `input`. */
  plan: ReturnType<typeof usePlan>;
  /** What to do first, where nothing is chosen. */
  toChoose?: string;
  /** What there is to choose. */
  children: ReactNode;
}

/** What is chosen and the plan for it; beside them the way to ask, and the checks. */
export function PlanForm({ plan, toChoose, children, ...ask }: PlanFormProps) {
  const isChosen = ask.input !== null;
  const hasPlan = isChosen && plan.error === null;
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_330px]">
      <div className="grid min-w-0 gap-4">
        {children}
        <PlanPreview
          isChosen={isChosen}
          what={toChoose}
          result={plan.data}
          isOutdated={plan.isOutdated}
          error={plan.error}
          retry={() => void plan.refetch()}
        />
      </div>
      <div className="grid min-w-0 gap-4">
        <AskCard
          {...ask}
          result={hasPlan && !plan.isOutdated ? plan.data : undefined}
          planAgain={() => plan.refetch()}
        />
        {hasPlan && plan.data !== undefined ? (
          <ChecksCard checks={plan.data.facts.checks} isOutdated={plan.isOutdated} />
        ) : null}
      </div>
    </div>
  );
}
