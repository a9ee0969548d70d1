import { changePasswordSchema } from '@/lib/contracts/person';
import { route } from '@/lib/http/route';
import { changePassword } from '@/lib/services/change-password';

export const POST = route({
  body: changePasswordSchema,
  handle: ({ ctx, actor, body }) => changePassword(ctx, actor, body),
});
