import { exportAuditSchema } from '@/lib/contracts/audit';
import { downloadResponse } from '@/lib/http/download';
import { route } from '@/lib/http/route';
import { exportAudit } from '@/lib/services/export-audit';

const TYPES = { jsonl: 'application/x-ndjson', csv: 'text/csv; charset=utf-8' } as const;

/** A link leads here. That it was followed is recorded, and nothing else changes. */
export const GET = route({
  query: exportAuditSchema,
  handle: async ({ ctx, actor, query }) => {
    const text = await exportAudit(ctx, actor, query);
    return downloadResponse(text, `treeline-audit.${query.format}`, TYPES[query.format]);
  },
});
