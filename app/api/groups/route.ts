import { addGroupSchema } from '@/lib/contracts/policy';
import { route } from '@/lib/http/route';
import { addGroup } from '@/lib/services/add-group';
import { listGroups } from '@/lib/services/list-groups';

export const GET = route({
  handle: async ({ ctx, actor }) => ({ items: await listGroups(ctx, actor), nextCursor: null }),
});

export const POST = route({
  body: addGroupSchema,
  status: 201,
  handle: ({ ctx, actor, body }) => addGroup(ctx, actor, body),
});
