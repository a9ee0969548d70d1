import { LocalTime } from '@/components/ui/local-time';
import type { FreezeTimeDto } from '@/lib/contracts/freeze';

export interface FreezePreviewProps {
  next: readonly FreezeTimeDto[] | undefined;
  isPending: boolean;
}

/** As many as leave room for the form. */
const SHOWN_MAX = 3;

/** When the window on the form would hold, in the reader's own zone. */
export function FreezePreview({ next, isPending }: FreezePreviewProps) {
  return (
    <section
      aria-label="When it would hold"
      aria-live="polite"
      aria-busy={isPending || undefined}
      className="w-full rounded-md border border-line bg-sunken px-3 py-2"
    >
      {next === undefined ? (
        <p className="text-muted">Its next times appear here.</p>
      ) : (
        <>
          <p className="font-medium">
            {next.length === 1 ? 'It would hold' : 'The next times it would hold'}, by your clock:
          </p>
          <ol
            className={`mt-1 grid gap-0.5 tabular-nums transition-opacity ${isPending ? 'opacity-50' : ''}`}
          >
            {next.slice(0, SHOWN_MAX).map(({ from, to }) => (
              <li key={from} className="max-sm:nth-3:hidden">
                <LocalTime iso={from} /> to <LocalTime iso={to} />
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}
