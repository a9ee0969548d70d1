import { decideSchema } from '@/lib/contracts/promotion';
import { numberParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { decidePromotion } from '@/lib/services/decide-promotion';

export const POST = route({
  params: numberParams,
  body: decideSchema,
  handle: ({ ctx, actor, params, body }) => decidePromotion(ctx, actor, { ...body, number: params.number }),
});
