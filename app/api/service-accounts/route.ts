import { addServiceAccountSchema } from '@/lib/contracts/token';
import { route } from '@/lib/http/route';
import { addServiceAccount } from '@/lib/services/add-service-account';
import { listServiceAccounts } from '@/lib/services/list-service-accounts';

export const GET = route({
  handle: async ({ ctx, actor }) => ({ items: await listServiceAccounts(ctx, actor), nextCursor: null }),
});

export const POST = route({
  body: addServiceAccountSchema,
  status: 201,
  handle: ({ ctx, actor, body }) => addServiceAccount(ctx, actor, body),
});
