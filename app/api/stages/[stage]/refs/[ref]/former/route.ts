import { stageRefParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { listFormerCommits } from '@/lib/services/list-former-commits';

export const GET = route({
  params: stageRefParams,
  handle: ({ ctx, actor, params }) => listFormerCommits(ctx, actor, params),
});
