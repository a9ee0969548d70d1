import { listAuditSchema } from '@/lib/contracts/audit';
import { route } from '@/lib/http/route';
import { listAudit } from '@/lib/services/list-audit';

export const GET = route({
  query: listAuditSchema,
  handle: ({ ctx, actor, query }) => listAudit(ctx, actor, query),
});
