import { freezeCalendarInputSchema } from '@/lib/contracts/freeze';
import { route } from '@/lib/http/route';
import { getFreezeCalendar } from '@/lib/services/get-freeze-calendar';

export const GET = route({
  query: freezeCalendarInputSchema,
  handle: ({ ctx, actor, query }) => getFreezeCalendar(ctx, actor, query),
});
