import { CopyButton } from '@/components/ui/copy-button';
import type { Plan } from '@/lib/contracts/promotion';

export interface FullChecksumsProps {
  plan: Plan;
  planChecksum: string;
  /** Opens it from the start: where someone is about to decide. */
  isOpen?: boolean;
}

/** Every checksum of a plan with all its 64 digits, for those who compare them with what they hold. */
export function FullChecksums({ plan, planChecksum, isOpen }: FullChecksumsProps) {
  return (
    <details open={isOpen} className="group rounded-lg border border-line bg-panel">
      <summary className="rounded-lg px-3.5 py-2.5 font-semibold hover:bg-hover focus-visible:-outline-offset-2">
        Full checksums
      </summary>
      <div className="grid gap-3 border-t border-line px-3.5 py-3">
        <dl className="grid gap-2">
          <FullChecksum name="Plan" value={planChecksum} />
        </dl>
        {plan.refs.map((ref) => (
          <div key={ref.targetRef}>
            <p className="mb-1.5 font-mono text-sm break-all">{ref.targetRef}</p>
            <dl className="grid gap-2 border-l-2 border-line pl-3">
              {ref.resultingChecksum === null ? null : (
                <FullChecksum
                  name={plan.kind === 'promote' ? `${plan.edge.from} commit` : 'Goes back to'}
                  value={ref.sourceChecksum}
                />
              )}
              <FullChecksum name={`${plan.edge.to} before`} value={ref.expectedChecksum} />
              <FullChecksum
                name={`${plan.edge.to} after`}
                value={ref.resultingChecksum}
                none="none: the ref is removed"
              />
              <FullChecksum name="ContentChecksum" value={ref.contentChecksum} />
            </dl>
          </div>
        ))}
      </div>
    </details>
  );
}

interface FullChecksumProps {
  name: string;
  value: string | null;
  none?: string;
}

function FullChecksum({ name, value, none = 'none: the ref is new there' }: FullChecksumProps) {
  return (
    <div className="grid gap-x-2 sm:grid-cols-[132px_1fr]">
      <dt className="text-muted">{name}</dt>
      <dd className="flex min-w-0 items-start gap-1">
        {value === null ? (
          <span className="text-muted">{none}</span>
        ) : (
          <>
            <code className="min-w-0 text-sm break-all">{value}</code>
            <CopyButton text={value} label={`${name} checksum`} className="-my-0.5" />
          </>
        )}
      </dd>
    </div>
  );
}
