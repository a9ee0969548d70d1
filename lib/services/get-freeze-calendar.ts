import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import {
  type FreezeCalendarDto,
  type FreezeCalendarInput,
  freezeCalendarInputSchema,
} from '../contracts/freeze';
import { findFreezeWindows, freezeWindowOf } from '../db/freeze';
import { timesOf } from '../promotion/freeze/find-freeze';
import { freezeTimeDto } from './freeze-dto';
import { parseInput } from './parse-input';
import type { ServiceContext } from './service-context';

/** Days before and after a month that a page of a calendar shows too, in whatever zone. */
const AROUND = 8 * 86_400_000;

/** What is frozen when, in a month (by UTC the present one) and the days around it. */
export async function getFreezeCalendar(
  ctx: ServiceContext,
  actor: Actor,
  input: FreezeCalendarInput,
): Promise<FreezeCalendarDto> {
  authorise(actor, 'read');
  const { month = ctx.clock.now().toISOString().slice(0, 7) } = parseInput(freezeCalendarInputSchema, input);
  const begin = Date.parse(`${month}-01T00:00:00Z`);
  const end = new Date(begin).setUTCMonth(new Date(begin).getUTCMonth() + 1);
  const rows = await findFreezeWindows(await ctx.atHead());
  const stageOf = new Map(rows.map((row) => [row.id, row.stage?.name ?? null]));
  return {
    month,
    times: timesOf(rows.map(freezeWindowOf), begin - AROUND, end + AROUND).map(({ window, ...time }) => ({
      ...freezeTimeDto(time),
      id: window.id,
      name: window.name,
      reason: window.reason,
      stage: stageOf.get(window.id) ?? null,
    })),
  };
}
