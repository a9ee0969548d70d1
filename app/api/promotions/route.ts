import { createPromotionSchema, listPromotionsSchema } from '@/lib/contracts/promotion';
import { route } from '@/lib/http/route';
import { createPromotion } from '@/lib/services/create-promotion';
import { listPromotions } from '@/lib/services/list-promotions';

export const GET = route({
  query: listPromotionsSchema,
  handle: ({ ctx, actor, query }) => listPromotions(ctx, actor, query),
});

export const POST = route({
  body: createPromotionSchema,
  status: 201,
  handle: ({ ctx, actor, body, request }) => {
    const idempotencyKey = request.headers.get('idempotency-key') ?? undefined;
    return createPromotion(ctx, actor, { ...body, idempotencyKey });
  },
});
