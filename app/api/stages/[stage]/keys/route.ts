import { addKeySchema } from '@/lib/contracts/stage';
import { stageParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { addStageKey } from '@/lib/services/add-stage-key';

export const POST = route({
  params: stageParams,
  body: addKeySchema,
  status: 201,
  handle: ({ ctx, actor, params, body }) => addStageKey(ctx, actor, { ...body, stage: params.stage }),
});
