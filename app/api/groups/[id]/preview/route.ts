import { updateGroupSchema } from '@/lib/contracts/policy';
import { idParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { previewGroupChange } from '@/lib/services/preview-group-change';

export const POST = route({
  params: idParams,
  body: updateGroupSchema,
  handle: ({ ctx, actor, params, body }) => previewGroupChange(ctx, actor, { ...body, id: params.id }),
});
