import { z } from 'zod';
import { checksumSchema } from '@/lib/contracts/scalars';
import { route } from '@/lib/http/route';
import { compareCommits } from '@/lib/services/compare-commits';

export const GET = route({
  query: z.strictObject({ from: checksumSchema.optional(), to: checksumSchema }),
  handle: ({ ctx, actor, query }) => compareCommits(ctx, actor, { from: query.from ?? null, to: query.to }),
});
