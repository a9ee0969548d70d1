'use client';

import { useIsHydrated } from './now-provider';

export interface LocalTimeProps {
  /** ISO 8601, UTC. */
  iso: string;
}

/** A time that is looked up, as "Mon 30 Nov 2026, 06:00" in the reader's own zone; in UTC until that is known. */
export function LocalTime({ iso }: LocalTimeProps) {
  const isHydrated = useIsHydrated();
  const text = new Date(iso).toLocaleString('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    ...(isHydrated ? {} : { timeZone: 'UTC' }),
  });
  const exact = isHydrated
    ? new Date(iso).toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'long' })
    : iso;
  return (
    <time dateTime={iso} title={exact} className="whitespace-nowrap">
      {isHydrated ? text : `${text} UTC`}
    </time>
  );
}
