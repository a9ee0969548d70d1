import { Chip, type ChipTone } from '@/components/ui/chip';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { CheckDto } from '@/lib/contracts/promotion';

const RESULTS: Record<CheckDto['result'], { tone: ChipTone; text: string; rank: number }> = {
  fail: { tone: 'bad', text: 'fail', rank: 0 },
  warn: { tone: 'wait', text: 'warning', rank: 1 },
  pass: { tone: 'ok', text: 'pass', rank: 2 },
};

/** The checks with what stops it first, warnings next; otherwise in the order they were made. */
export function sortChecks(checks: readonly CheckDto[]): CheckDto[] {
  return [...checks].sort((a, b) => RESULTS[a.result].rank - RESULTS[b.result].rank);
}

/** What each check of a plan says. */
export function ChecksList({ checks }: { checks: readonly CheckDto[] }) {
  if (checks.length === 0) return <p className="text-muted">No check applies to this plan.</p>;
  return (
    <ul className="grid gap-2">
      {sortChecks(checks).map((check) => {
        const { tone, text } = RESULTS[check.result];
        return (
          <li key={`${check.code} ${check.ref}`} className="grid grid-cols-[76px_1fr] items-baseline gap-x-2">
            <span>
              <Chip tone={tone} hasDot>
                {text}
              </Chip>
            </span>
            <span className="min-w-0">
              {check.title}
              {check.ref === null ? null : (
                <code className="ml-1.5 text-sm break-all text-muted">
                  <UnsafeText text={check.ref} />
                </code>
              )}
              {check.detail === '' ? null : (
                <span className="block text-sm break-words text-muted">
                  <UnsafeText text={check.detail} />
                </span>
              )}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
