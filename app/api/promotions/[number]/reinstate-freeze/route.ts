import { reinstateFreezeSchema } from '@/lib/contracts/freeze';
import { numberParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { reinstateFreeze } from '@/lib/services/reinstate-freeze';

export const POST = route({
  params: numberParams,
  body: reinstateFreezeSchema,
  handle: ({ ctx, actor, params, body }) => reinstateFreeze(ctx, actor, { ...body, number: params.number }),
});
