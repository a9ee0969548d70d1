import { addPersonSchema } from '@/lib/contracts/person';
import { route } from '@/lib/http/route';
import { addPerson } from '@/lib/services/add-person';
import { listPeople } from '@/lib/services/list-people';

export const GET = route({
  handle: async ({ ctx, actor }) => ({ items: await listPeople(ctx, actor), nextCursor: null }),
});

export const POST = route({
  body: addPersonSchema,
  status: 201,
  handle: ({ ctx, actor, body }) => addPerson(ctx, actor, body),
});
