import { numberParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { getPromotion } from '@/lib/services/get-promotion';

export const GET = route({
  params: numberParams,
  handle: ({ ctx, actor, params }) => getPromotion(ctx, actor, params.number),
});
