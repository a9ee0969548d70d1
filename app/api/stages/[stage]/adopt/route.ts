import { z } from 'zod';
import { stageParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { adoptStageRefs } from '@/lib/services/adopt-stage-refs';

export const POST = route({
  params: stageParams,
  body: z.strictObject({ refs: z.array(z.string()).optional() }),
  handle: ({ ctx, actor, params, body }) => adoptStageRefs(ctx, actor, { ...body, stage: params.stage }),
});
