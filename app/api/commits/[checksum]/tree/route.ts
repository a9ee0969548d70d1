import { z } from 'zod';
import { checksumParams, treePathSchema } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { listCommitTree } from '@/lib/services/list-commit-tree';

export const GET = route({
  params: checksumParams,
  query: z.strictObject({ path: treePathSchema.optional() }),
  handle: ({ ctx, actor, params, query }) => listCommitTree(ctx, actor, { ...params, ...query }),
});
