import { addStageSchema } from '@/lib/contracts/stage';
import { route } from '@/lib/http/route';
import { addStage } from '@/lib/services/add-stage';
import { listStages } from '@/lib/services/list-stages';

export const GET = route({
  handle: async ({ ctx, actor }) => ({ items: await listStages(ctx, actor), nextCursor: null }),
});

export const POST = route({
  body: addStageSchema,
  status: 201,
  handle: ({ ctx, actor, body }) => addStage(ctx, actor, body),
});
