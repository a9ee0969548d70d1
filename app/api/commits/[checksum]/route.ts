import { z } from 'zod';
import { stageNameSchema } from '@/lib/contracts/scalars';
import { checksumParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { getCommit } from '@/lib/services/get-commit';

export const GET = route({
  params: checksumParams,
  query: z.strictObject({ stage: stageNameSchema.optional() }),
  handle: ({ ctx, actor, params, query }) => getCommit(ctx, actor, { ...params, ...query }),
});
