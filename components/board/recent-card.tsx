import Link from 'next/link';
import { Card } from '@/components/ui/card';
import { RelativeTime } from '@/components/ui/relative-time';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { BoardDto } from '@/lib/contracts/board';

/** What people and the worker did last. */
export function RecentCard({ events }: { events: BoardDto['recent'] }) {
  return (
    <Card title="Recently">
      {events.length === 0 ? (
        <p className="text-muted">
          Nothing has happened yet. What people do is written down here and in the history.
        </p>
      ) : (
        <ul className="grid gap-[9px]">
          {events.map((event, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two events may be alike in all but their place.
            <li key={`${event.at} ${index}`} className="break-words">
              <b className="font-semibold">{event.actor}</b>{' '}
              {event.promotion === null ? (
                <UnsafeText text={event.text} />
              ) : (
                <Link href={`/promotions/${event.promotion}`} className="link">
                  <UnsafeText text={event.text} />
                </Link>
              )}{' '}
              <span className="text-faint">
                <RelativeTime iso={event.at} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
