import { z } from 'zod';
import { stageParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { getStagePage } from '@/lib/services/get-stage-page';
import { updateStage } from '@/lib/services/update-stage';

export const GET = route({
  params: stageParams,
  handle: ({ ctx, actor, params }) => getStagePage(ctx, actor, params.stage),
});

export const PATCH = route({
  params: stageParams,
  body: z.strictObject({ position: z.number().optional(), overlapSeconds: z.number().optional() }),
  handle: ({ ctx, actor, params, body }) => updateStage(ctx, actor, { ...body, stage: params.stage }),
});
