import { addTokenSchema } from '@/lib/contracts/token';
import { idParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { addToken } from '@/lib/services/add-token';

export const POST = route({
  params: idParams,
  body: addTokenSchema,
  status: 201,
  handle: ({ ctx, actor, params, body }) => addToken(ctx, actor, { ...body, account: params.id }),
});
