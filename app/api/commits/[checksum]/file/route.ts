import { z } from 'zod';
import { checksumParams, treePathSchema } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { readCommitFile } from '@/lib/services/read-commit-file';

export const GET = route({
  params: checksumParams,
  query: z.strictObject({ path: treePathSchema }),
  handle: ({ ctx, actor, params, query }) => readCommitFile(ctx, actor, { ...params, ...query }),
});
