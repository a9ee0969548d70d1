import { numberParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { retryPromotion } from '@/lib/services/retry-promotion';

export const POST = route({
  params: numberParams,
  handle: ({ ctx, actor, params }) => retryPromotion(ctx, actor, params.number),
});
