'use client';

import { useQuery } from '@tanstack/react-query';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { LiveNotice } from '@/components/layout/live-notice';
import { ButtonLink } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { EmptyState } from '@/components/ui/empty-state';
import { LocalTime } from '@/components/ui/local-time';
import { useIsHydrated, useNow } from '@/components/ui/now-provider';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { FreezeCalendarDto } from '@/lib/contracts/freeze';
import { freezeCalendarOptions } from '@/lib/query/freezes';
import { monthAfter, monthName, weeksOf } from './month-days';
import { MonthGrid } from './month-grid';

export interface CalendarViewProps {
  initial: FreezeCalendarDto;
  canWrite: boolean;
}

/** What is frozen when: a month at a glance where there is room, and each time in words. */
export function CalendarView({ initial, canWrite }: CalendarViewProps) {
  const query = useQuery({ ...freezeCalendarOptions(initial.month), initialData: initial });
  const { month, times } = query.data;
  const isLocal = useIsHydrated();
  const weeks = weeksOf(month, isLocal);
  const days = weeks.flat().filter((day) => day.isInMonth);
  const [from, to] = [days[0]?.from ?? 0, days.at(-1)?.to ?? 0];
  const ofMonth = times.filter((time) => Date.parse(time.to) > from && Date.parse(time.from) < to);
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-center gap-2">
        <h1 className="mr-auto text-xl font-semibold">{monthName(month)}</h1>
        <nav aria-label="Months" className="flex gap-1.5">
          <MonthLink month={monthAfter(month, -1)}>
            <ChevronLeft aria-hidden="true" className="size-3.5" />
            Earlier
          </MonthLink>
          <ButtonLink href="/freezes">This month</ButtonLink>
          <MonthLink month={monthAfter(month, 1)}>
            Later
            <ChevronRight aria-hidden="true" className="size-3.5" />
          </MonthLink>
        </nav>
        {canWrite ? <ButtonLink href="/settings/freezes">Freeze windows</ButtonLink> : null}
      </div>
      <LiveNotice query={query} />
      <MonthGrid month={month} weeks={weeks} times={times} isLocal={isLocal} />
      <Card title={`Frozen in ${monthName(month)}`} isFlush>
        {ofMonth.length === 0 ? (
          <EmptyState title="Nothing is frozen in this month">
            {canWrite
              ? 'A freeze window keeps promotions from being published: over a weekend, or while nobody is there.'
              : 'An admin sets freeze windows: times at which nothing is published.'}
          </EmptyState>
        ) : (
          <ol>
            {ofMonth.map((time) => (
              <FrozenTime key={`${time.id} ${time.from}`} time={time} />
            ))}
          </ol>
        )}
      </Card>
    </div>
  );
}

function MonthLink({ month, children }: { month: string; children: React.ReactNode }) {
  return (
    <ButtonLink href={`/freezes?month=${month}`} aria-label={monthName(month)} title={monthName(month)}>
      {children}
    </ButtonLink>
  );
}

function FrozenTime({ time }: { time: FreezeCalendarDto['times'][number] }) {
  const now = useNow();
  const isNow = Date.parse(time.from) <= now && now < Date.parse(time.to);
  return (
    <li className="grid gap-x-3 gap-y-0.5 border-b border-line px-3.5 py-2.5 last:border-b-0 sm:grid-cols-[minmax(0,1fr)_auto]">
      <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
        <b className="min-w-0 font-semibold break-words">
          <UnsafeText text={time.name} />
        </b>
        <span className="text-muted">{time.stage ?? 'all stages'}</span>
        {isNow ? (
          <Chip tone="wait" hasDot>
            now
          </Chip>
        ) : null}
      </span>
      <span className="tabular-nums sm:text-right">
        <LocalTime iso={time.from} /> to <LocalTime iso={time.to} />
      </span>
      <span className="min-w-0 break-words text-muted">
        <UnsafeText text={time.reason} />
      </span>
    </li>
  );
}
