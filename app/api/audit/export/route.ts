import { downloadResponse } from '@/lib/http/download';
import { route } from '@/lib/http/route';
import { exportAudit } from '@/lib/services/export-audit';

/** A link leads here. That it was followed is recorded, and nothing else changes. */
export const GET = route({
  handle: async ({ ctx, actor }) =>
    downloadResponse(await exportAudit(ctx, actor), 'treeline-audit.jsonl', 'application/x-ndjson'),
});
