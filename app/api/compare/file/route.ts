import { z } from 'zod';
import { checksumSchema } from '@/lib/contracts/scalars';
import { treePathSchema } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { compareFile } from '@/lib/services/compare-file';

export const GET = route({
  query: z.strictObject({ from: checksumSchema.optional(), to: checksumSchema, path: treePathSchema }),
  handle: ({ ctx, actor, query }) => compareFile(ctx, actor, { ...query, from: query.from ?? null }),
});
