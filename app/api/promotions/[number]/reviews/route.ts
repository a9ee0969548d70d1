import { reviewEmergencySchema } from '@/lib/contracts/promotion';
import { numberParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { reviewEmergency } from '@/lib/services/review-emergency';

export const POST = route({
  params: numberParams,
  body: reviewEmergencySchema,
  handle: ({ ctx, actor, params, body }) => reviewEmergency(ctx, actor, { ...body, number: params.number }),
});
