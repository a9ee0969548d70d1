import { updatePersonSchema } from '@/lib/contracts/person';
import { idParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { updatePerson } from '@/lib/services/update-person';

export const PATCH = route({
  params: idParams,
  body: updatePersonSchema,
  handle: ({ ctx, actor, params, body }) => updatePerson(ctx, actor, { ...body, id: params.id }),
});
