import { RelativeTime } from '@/components/ui/relative-time';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { PromotionDto } from '@/lib/contracts/promotion';

/** Everything that happened to a promotion, oldest first. */
export function Timeline({ entries }: { entries: PromotionDto['timeline'] }) {
  if (entries.length === 0) return <p className="text-muted">Nothing has happened yet.</p>;
  return (
    <ol className="grid">
      {entries.map((entry, index) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: events are only ever added at the end.
          key={index}
          className="relative grid grid-cols-[14px_1fr] gap-x-3 pb-4 last:pb-0"
        >
          {index === entries.length - 1 ? null : (
            <span aria-hidden="true" className="absolute top-3 bottom-0 left-[6.5px] w-px bg-line" />
          )}
          <span
            aria-hidden="true"
            className={`mt-[5px] ml-[2px] size-2.5 rounded-full border-2 border-panel ${dotClass(entry.kind)}`}
          />
          <span className="min-w-0">
            <b className="font-semibold">
              <UnsafeText text={entry.actor} />
            </b>{' '}
            <span className="break-words">
              <UnsafeText text={entry.text} />
            </span>{' '}
            <span className="text-faint">
              <RelativeTime iso={entry.at} />
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}

/** Failure, refusal and what goes past a freeze or without approval are red, publication green; everything else stays quiet. */
function dotClass(kind: string): string {
  if (/fail|reject|damaged|overrid|promotion\.emergency|overdue/.test(kind)) return 'bg-bad';
  if (/stale/.test(kind)) return 'bg-stale';
  if (/published|approved|approve$/.test(kind)) return 'bg-ok';
  return 'bg-line-strong';
}
