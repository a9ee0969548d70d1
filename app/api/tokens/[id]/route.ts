import { idParams } from '@/lib/http/params';
import { route } from '@/lib/http/route';
import { revokeToken } from '@/lib/services/revoke-token';

export const DELETE = route({
  params: idParams,
  handle: ({ ctx, actor, params }) => revokeToken(ctx, actor, params.id),
});
