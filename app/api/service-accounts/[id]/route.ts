import { updateServiceAccountSchema } from '@/lib/contracts/token';
import { idParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { updateServiceAccount } from '@/lib/services/update-service-account';

export const PATCH = route({
  params: idParams,
  body: updateServiceAccountSchema,
  handle: ({ ctx, actor, params, body }) => updateServiceAccount(ctx, actor, { ...body, id: params.id }),
});
