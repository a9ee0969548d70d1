import { CopyButton } from '@/components/ui/copy-button';
import { LocalTime } from '@/components/ui/local-time';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { Plan, PlanFacts } from '@/lib/contracts/promotion';

import { KindChip } from './kind-chip';
import { KindText } from './kind-text';
import { endOfLifeText } from './stranded-text';

export interface PlanSummaryProps {
  plan: Plan;
  planChecksum: string;
  facts: PlanFacts;
}

/** A plan in few lines for the moment of deciding: stage, refs with what each becomes, whole plan checksum. */
export function PlanSummary({ plan, planChecksum, facts }: PlanSummaryProps) {
  const factsOf = new Map(facts.refs.map((entry) => [entry.targetRef, entry]));
  return (
    <dl className="grid gap-x-3 gap-y-2 sm:grid-cols-[92px_1fr]">
      {plan.kind === 'promote' ? null : (
        <>
          <dt className="text-muted">Kind</dt>
          <dd className="grid gap-1.5">
            <span>
              <KindChip kind={plan.kind} />
            </span>
            <KindText kind={plan.kind} stage={plan.edge.to} facts={facts} />
          </dd>
        </>
      )}
      <dt className="text-muted">Target stage</dt>
      <dd className="font-semibold">{plan.edge.to}</dd>
      <dt className="text-muted">{plan.refs.length === 1 ? 'Ref' : `${plan.refs.length} refs`}</dt>
      <dd className="min-w-0">
        <ul className="grid gap-1">
          {plan.refs.map((ref) => {
            const entry = factsOf.get(ref.targetRef);
            return (
              <li key={ref.targetRef}>
                <code className="text-sm break-all">{ref.targetRef}</code>
                <span className="block text-muted">
                  <Version version={entry?.fromVersion ?? null} checksum={ref.expectedChecksum} />
                  {' → '}
                  <Version version={entry?.toVersion ?? null} checksum={ref.resultingChecksum} />
                </span>
                {entry?.stranded === undefined ? null : (
                  <span className="block text-muted">
                    <UnsafeText text={endOfLifeText(entry.stranded, plan.edge.to)} />
                  </span>
                )}
              </li>
            );
          })}
        </ul>
      </dd>
      {plan.notBefore === undefined ? null : (
        <>
          <dt className="text-muted">Not before</dt>
          <dd>
            <LocalTime iso={plan.notBefore} />
          </dd>
        </>
      )}
      <dt className="text-muted">Plan checksum</dt>
      <dd className="flex min-w-0 items-start gap-1">
        <code className="min-w-0 text-sm break-all">{planChecksum}</code>
        <CopyButton text={planChecksum} label="plan checksum" className="-my-0.5" />
      </dd>
    </dl>
  );
}

function Version({ version, checksum }: { version: string | null; checksum: string | null }) {
  if (checksum === null) return 'nothing';
  return (
    <>
      {version === null ? null : (
        <b className="font-semibold text-text">
          <UnsafeText text={version} />{' '}
        </b>
      )}
      <code className="text-sm" title={checksum}>
        {checksum.slice(0, 10)}
      </code>
    </>
  );
}
