import { freezeTimesSchema } from '@/lib/contracts/freeze';
import { route } from '@/lib/http/route';
import { previewFreeze } from '@/lib/services/preview-freeze';

export const POST = route({
  body: freezeTimesSchema,
  handle: ({ ctx, actor, body }) => previewFreeze(ctx, actor, body),
});
