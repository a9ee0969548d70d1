import type { Metadata } from 'next';
import { CalendarView } from '@/components/freezes/calendar-view';
import { PageBody } from '@/components/layout/page-body';
import { PageHeader } from '@/components/layout/page-header';
import { Problem } from '@/components/ui/problem';
import { getFreezeCalendar } from '@/lib/services/get-freeze-calendar';
import { getMe } from '@/lib/services/get-me';
import { firstValue, type SearchParams } from '../first-value';
import { load } from '../load';
import { requireActor } from '../require-actor';

export const metadata: Metadata = { title: 'Freeze calendar' };

export default async function FreezesPage({ searchParams }: { searchParams: SearchParams }) {
  const { ctx, actor } = await requireActor('/freezes');
  const month = firstValue((await searchParams).month);
  const [me, calendar] = await Promise.all([
    getMe(ctx, actor),
    load(getFreezeCalendar(ctx, actor, month === undefined ? {} : { month })),
  ]);
  return (
    <>
      <PageHeader crumbs={[{ label: 'Freeze calendar' }]} />
      <PageBody>
        {calendar.problem !== null ? (
          <Problem problem={calendar.problem} />
        ) : (
          <CalendarView
            key={calendar.data.month}
            initial={calendar.data}
            canWrite={me.can.includes('settings.write')}
          />
        )}
      </PageBody>
    </>
  );
}
