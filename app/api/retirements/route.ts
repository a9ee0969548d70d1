import { listRetirementsSchema } from '@/lib/contracts/retirement';
import { route } from '@/lib/http/route';
import { listRetirements } from '@/lib/services/list-retirements';

export const GET = route({
  query: listRetirementsSchema,
  handle: async ({ ctx, actor, query }) => ({
    items: await listRetirements(ctx, actor, query),
    nextCursor: null,
  }),
});
