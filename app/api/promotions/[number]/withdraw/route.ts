import { numberParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { withdrawPromotion } from '@/lib/services/withdraw-promotion';

export const POST = route({
  params: numberParams,
  handle: ({ ctx, actor, params }) => withdrawPromotion(ctx, actor, params.number),
});
