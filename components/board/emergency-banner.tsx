'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { ReviewText } from '@/components/promotions/emergency-chip';
import { approvalQueueOptions } from '@/lib/query/promotions';

/** What was published without approval and is not reviewed yet, for everybody; nothing where there is none. */
export function EmergencyBanner() {
  const { data } = useQuery(approvalQueueOptions);
  const reviews = data?.reviews ?? [];
  if (reviews.length === 0) return null;
  return (
    <section
      aria-label="Emergencies that are not reviewed yet"
      className="mb-3.5 rounded-md border-2 border-bad bg-bad-soft px-3 py-2"
    >
      <p className="font-semibold text-bad">Published without approval, and not reviewed yet</p>
      <ul>
        {reviews.map(({ number, edge, requester, emergency }) => (
          <li key={number} className="break-words">
            <Link href={`/promotions/${number}`} className="link-inline font-semibold">
              #{number}
            </Link>{' '}
            into {edge.to} by {requester}
            {emergency === null ? null : (
              <>
                , <ReviewText emergency={emergency} />
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
