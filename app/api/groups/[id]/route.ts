import { updateGroupSchema } from '@/lib/contracts/policy';
import { idParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { removeGroup } from '@/lib/services/remove-group';
import { updateGroup } from '@/lib/services/update-group';

export const PATCH = route({
  params: idParams,
  body: updateGroupSchema,
  handle: ({ ctx, actor, params, body }) => updateGroup(ctx, actor, { ...body, id: params.id }),
});

export const DELETE = route({
  params: idParams,
  handle: ({ ctx, actor, params }) => removeGroup(ctx, actor, params.id),
});
