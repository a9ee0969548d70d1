import { edgeInputSchema } from '@/lib/contracts/stage';
import { route } from '@/lib/http/route';
import { addEdge } from '@/lib/services/add-edge';
import { listEdges } from '@/lib/services/list-edges';

export const GET = route({
  handle: async ({ ctx, actor }) => ({ items: await listEdges(ctx, actor), nextCursor: null }),
});

export const POST = route({
  body: edgeInputSchema,
  status: 201,
  handle: ({ ctx, actor, body }) => addEdge(ctx, actor, body),
});
