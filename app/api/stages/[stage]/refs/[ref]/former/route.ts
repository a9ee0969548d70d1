import { listFormerSchema } from '@/lib/contracts/commit';
import { stageRefParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { listFormerCommits } from '@/lib/services/list-former-commits';

export const GET = route({
  params: stageRefParams,
  query: listFormerSchema,
  handle: ({ ctx, actor, params, query }) => listFormerCommits(ctx, actor, { ...params, ...query }),
});
