'use client';

import { formatRelativeTime } from './format-relative-time';
import { useIsHydrated, useNow } from './now-provider';

export interface RelativeTimeProps {
  /** ISO 8601, UTC. */
  iso: string;
}

/** A time as "12 min ago", with the exact one in the reader's own zone on hover. */
export function RelativeTime({ iso }: RelativeTimeProps) {
  const now = useNow();
  const isHydrated = useIsHydrated();
  const exact = isHydrated
    ? new Date(iso).toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'long' })
    : iso;
  return (
    <time dateTime={iso} title={exact} className="whitespace-nowrap">
      {formatRelativeTime(iso, now)}
    </time>
  );
}
