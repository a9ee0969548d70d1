import { cursorQuery, stageRefParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { listRefCommits } from '@/lib/services/list-ref-commits';

export const GET = route({
  params: stageRefParams,
  query: cursorQuery,
  handle: ({ ctx, actor, params, query }) => listRefCommits(ctx, actor, { ...params, ...query }),
});
