import { updateFreezeSchema } from '@/lib/contracts/freeze';
import { idParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { removeFreeze } from '@/lib/services/remove-freeze';
import { updateFreeze } from '@/lib/services/update-freeze';

export const PATCH = route({
  params: idParams,
  body: updateFreezeSchema,
  handle: ({ ctx, actor, params, body }) => updateFreeze(ctx, actor, { ...body, id: params.id }),
});

export const DELETE = route({
  params: idParams,
  handle: ({ ctx, actor, params }) => removeFreeze(ctx, actor, params.id),
});
