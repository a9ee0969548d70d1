'use client';

import { useNow } from '@/components/ui/now-provider';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { FreezeCalendarDto } from '@/lib/contracts/freeze';
import { type CalendarDay, monthName, partOfDay } from './month-days';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
/** As many as a day has room for. */
const SHOWN_MAX = 3;

type Time = FreezeCalendarDto['times'][number];

export interface MonthGridProps {
  month: string;
  weeks: CalendarDay[][];
  times: readonly Time[];
  isLocal: boolean;
}

/** A month as a page of a calendar. Not on narrow screens: the list below says it all. */
export function MonthGrid({ month, weeks, times, isLocal }: MonthGridProps) {
  const now = useNow();
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-panel max-md:hidden">
      <table className="w-full table-fixed border-collapse" aria-label={`Freezes in ${monthName(month)}`}>
        <thead>
          <tr>
            {WEEKDAYS.map((name) => (
              <th
                key={name}
                scope="col"
                className="border-b border-line px-2 py-1.5 text-left text-xs font-medium text-muted"
              >
                <abbr title={name} className="no-underline">
                  {name.slice(0, 3)}
                </abbr>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]?.from}>
              {week.map((day) => (
                <DayCell
                  key={day.from}
                  day={day}
                  isToday={day.from <= now && now < day.to}
                  times={times}
                  isLocal={isLocal}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface DayCellProps {
  day: CalendarDay;
  isToday: boolean;
  times: readonly Time[];
  isLocal: boolean;
}

function DayCell({ day, isToday, times, isLocal }: DayCellProps) {
  const frozen = times.flatMap((time) => {
    const part = partOfDay(day, time, isLocal);
    return part === null ? [] : [{ time, part }];
  });
  return (
    <td
      aria-current={isToday ? 'date' : undefined}
      className={`h-24 border-b border-l border-line p-1.5 align-top first:border-l-0 [tr:last-child>&]:border-b-0 ${day.isInMonth ? '' : 'bg-sunken'}`}
    >
      <span
        className={`inline-grid min-w-5 place-items-center rounded-full px-1 text-xs tabular-nums ${isToday ? 'bg-brand font-semibold text-brand-ink' : day.isInMonth ? 'text-muted' : 'text-faint'}`}
      >
        {day.number}
      </span>
      {frozen.length === 0 ? null : (
        <ul className="mt-1 grid gap-0.5">
          {frozen.slice(0, SHOWN_MAX).map(({ time, part }) => (
            <li
              key={`${time.id} ${time.from}`}
              title={`${time.name}, ${time.stage ?? 'all stages'}, ${part}: ${time.reason}`}
              className="min-w-0 rounded-sm bg-wait-soft px-1.5 py-0.5 text-xs text-wait"
            >
              <span className="block truncate font-semibold">
                <UnsafeText text={time.name} />
              </span>
              <span className="block truncate">
                {time.stage ?? 'all stages'}, {part}
              </span>
            </li>
          ))}
          {frozen.length > SHOWN_MAX ? (
            <li className="px-1.5 text-xs text-muted">and {frozen.length - SHOWN_MAX} more</li>
          ) : null}
        </ul>
      )}
    </td>
  );
}
