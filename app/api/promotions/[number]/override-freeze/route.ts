import { overrideFreezeSchema } from '@/lib/contracts/freeze';
import { numberParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { overrideFreeze } from '@/lib/services/override-freeze';

export const POST = route({
  params: numberParams,
  body: overrideFreezeSchema,
  handle: ({ ctx, actor, params, body }) => overrideFreeze(ctx, actor, { ...body, number: params.number }),
});
