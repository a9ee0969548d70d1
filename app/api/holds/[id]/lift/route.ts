import { liftHoldSchema } from '@/lib/contracts/hold';
import { idParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { liftHold } from '@/lib/services/lift-hold';

export const POST = route({
  params: idParams,
  body: liftHoldSchema,
  handle: ({ ctx, actor, params, body }) => liftHold(ctx, actor, { ...body, id: params.id }),
});
