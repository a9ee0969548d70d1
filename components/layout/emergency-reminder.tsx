'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { approvalQueueOptions } from '@/lib/query/promotions';

/** Reminds whoever could review an emergency, on every page, until its review is done; from when it is overdue. */
export function EmergencyReminder() {
  const { data } = useQuery(approvalQueueOptions);
  const overdue = (data?.reviews ?? []).filter(
    ({ isForMe, emergency }) => isForMe && emergency?.review === 'overdue',
  );
  if (overdue.length === 0) return null;
  return (
    <div role="status" className="border-b border-bad bg-bad-soft px-3.5 py-2 md:px-5">
      <b className="font-semibold text-bad">
        {overdue.length === 1 ? 'An emergency is' : `${overdue.length} emergencies are`} still to be reviewed:
      </b>{' '}
      {overdue.map(({ number, edge }, index) => (
        <span key={number}>
          {index === 0 ? null : ', '}
          <Link href={`/promotions/${number}`} className="link-inline font-semibold">
            #{number}
          </Link>{' '}
          into {edge.to}
        </span>
      ))}
      . {overdue.length === 1 ? 'Its review is' : 'Their reviews are'} overdue.
    </div>
  );
}
