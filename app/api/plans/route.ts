import { planInputSchema } from '@/lib/contracts/promotion';
import { route } from '@/lib/http/route';
import { createPlan } from '@/lib/services/create-plan';

export const POST = route({
  body: planInputSchema,
  handle: ({ ctx, actor, body }) => createPlan(ctx, actor, body),
});
