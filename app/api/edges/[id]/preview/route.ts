import { edgeInputSchema } from '@/lib/contracts/stage';
import { idParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { previewEdgeChange } from '@/lib/services/preview-edge-change';

export const POST = route({
  params: idParams,
  body: edgeInputSchema.omit({ from: true, to: true }).partial(),
  handle: ({ ctx, actor, params, body }) => previewEdgeChange(ctx, actor, { ...body, id: params.id }),
});
