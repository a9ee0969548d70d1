import { inspectRepositorySchema } from '@/lib/contracts/stage';
import { route } from '@/lib/http/route';
import { inspectRepository } from '@/lib/services/inspect-repository';

export const POST = route({
  body: inspectRepositorySchema,
  handle: ({ ctx, actor, body }) => inspectRepository(ctx, actor, body),
});
