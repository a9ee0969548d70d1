import { edgeInputSchema } from '@/lib/contracts/stage';
import { idParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { updateEdge } from '@/lib/services/update-edge';

export const PATCH = route({
  params: idParams,
  body: edgeInputSchema.omit({ from: true, to: true }).partial(),
  handle: ({ ctx, actor, params, body }) => updateEdge(ctx, actor, { ...body, id: params.id }),
});
