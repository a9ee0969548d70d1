import { cancelPromotionSchema } from '@/lib/contracts/promotion';
import { numberParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { cancelPromotion } from '@/lib/services/cancel-promotion';

export const POST = route({
  params: numberParams,
  body: cancelPromotionSchema,
  handle: ({ ctx, actor, params, body }) => cancelPromotion(ctx, actor, { ...body, number: params.number }),
});
