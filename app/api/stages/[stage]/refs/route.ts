import { cursorQuery, stageParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { listStageRefs } from '@/lib/services/list-stage-refs';

export const GET = route({
  params: stageParams,
  query: cursorQuery,
  handle: ({ ctx, actor, params, query }) => listStageRefs(ctx, actor, params.stage, query.cursor ?? null),
});
