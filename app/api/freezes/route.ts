import { freezeInputSchema } from '@/lib/contracts/freeze';
import { route } from '@/lib/http/route';
import { addFreeze } from '@/lib/services/add-freeze';
import { listFreezes } from '@/lib/services/list-freezes';

export const GET = route({
  handle: async ({ ctx, actor }) => ({ items: await listFreezes(ctx, actor), nextCursor: null }),
});

export const POST = route({
  body: freezeInputSchema,
  status: 201,
  handle: ({ ctx, actor, body }) => addFreeze(ctx, actor, body),
});
