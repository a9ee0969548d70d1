import { LocalTime } from '@/components/ui/local-time';
import { RelativeTime } from '@/components/ui/relative-time';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { WaitDto } from '@/lib/contracts/promotion';

/** What a run waits for and until when, in a clause: "production is frozen by Weekend, until Mon 30 Nov, 06:00 (in 3 h)". */
export function WaitText({ wait }: { wait: WaitDto }) {
  if (wait.code === 'scheduled' && wait.until !== null) {
    return (
      <>
        it is scheduled for <LocalTime iso={wait.until} /> (<RelativeTime iso={wait.until} />)
      </>
    );
  }
  if (wait.code === 'held') {
    return (
      <>
        <UnsafeText text={wait.detail} />, until the hold is lifted
      </>
    );
  }
  return (
    <>
      <UnsafeText text={wait.detail} />
      {wait.until === null ? (
        ', with no end in sight'
      ) : (
        <>
          , until <LocalTime iso={wait.until} /> (<RelativeTime iso={wait.until} />)
        </>
      )}
    </>
  );
}

/** When the last of the waits is over; null where nobody can tell, or there are none. */
export function endOfWaits(waits: readonly WaitDto[]): string | null {
  const untils = waits.map((wait) => wait.until);
  return untils.includes(null) ? null : (untils.toSorted().at(-1) ?? null);
}

/** When the last of the waits is over, below the state of a row; nothing where there are none. */
export function WaitNote({ waits }: { waits: readonly WaitDto[] }) {
  if (waits.length === 0) return null;
  const last = endOfWaits(waits);
  return (
    <span className="block text-sm text-muted" title={waits.map((wait) => wait.detail).join('\n')}>
      {last === null ? (
        waits.some((wait) => wait.code === 'held') ? (
          'until a hold is lifted'
        ) : (
          'no end in sight'
        )
      ) : (
        <>
          begins <RelativeTime iso={last} />
        </>
      )}
    </span>
  );
}
