import { LocalTime } from '@/components/ui/local-time';
import { RelativeTime } from '@/components/ui/relative-time';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { WaitDto } from '@/lib/contracts/promotion';

/** What a run waits for and until when, in a clause: "production is frozen by Weekend, until Mon 30 Nov, 06:00 (in 3 h)". */
export function WaitText({ wait }: { wait: WaitDto }) {
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

/** When the last of the waits is over, below the state of a row; nothing where there are none. */
export function WaitNote({ waits }: { waits: readonly WaitDto[] }) {
  if (waits.length === 0) return null;
  const untils = waits.map((wait) => wait.until);
  const last = untils.includes(null) ? null : (untils.toSorted().at(-1) ?? null);
  return (
    <span className="block text-sm text-muted" title={waits.map((wait) => wait.detail).join('\n')}>
      {last === null ? (
        'no end in sight'
      ) : (
        <>
          begins <RelativeTime iso={last} />
        </>
      )}
    </span>
  );
}
