import { stopRetirementSchema } from '@/lib/contracts/retirement';
import { idParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { stopRetirement } from '@/lib/services/stop-retirement';

export const POST = route({
  params: idParams,
  body: stopRetirementSchema,
  handle: ({ ctx, actor, params, body }) => stopRetirement(ctx, actor, { ...body, id: params.id }),
});
