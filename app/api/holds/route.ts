import { listHoldsSchema, setHoldSchema } from '@/lib/contracts/hold';
import { route } from '@/lib/http/route';
import { listHolds } from '@/lib/services/list-holds';
import { setHold } from '@/lib/services/set-hold';

export const GET = route({
  query: listHoldsSchema,
  handle: async ({ ctx, actor, query }) => ({ items: await listHolds(ctx, actor, query), nextCursor: null }),
});

export const POST = route({
  body: setHoldSchema,
  status: 201,
  handle: ({ ctx, actor, body }) => setHold(ctx, actor, body),
});
