import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise } from '../auth/permissions';
import { countAuditEvents, readAuditEvents } from '../db/audit-event';
import { inTransaction } from '../db/client';
import { canonicalJson } from '../promotion/canonical-json';
import type { ServiceContext } from './service-context';

/**
 * The whole audit log as JSON lines, oldest first: each line holds all that its hash covers, and the hash, so
 * that the chain can be followed without Treeline. That it was exported is recorded first and is its last line.
 */
export async function exportAudit(ctx: ServiceContext, actor: Actor): Promise<string> {
  authorise(actor, 'audit.export');
  const at = ctx.clock.now();
  await inTransaction(ctx.db, async (tx) => {
    const events = await countAuditEvents(tx);
    await recordAudit(tx, { kind: 'audit.exported', at, actor: auditActorOf(actor), data: { events } });
  });
  const lines: string[] = [];
  for await (const page of readAuditEvents(ctx.db)) {
    for (const row of page) lines.push(canonicalJson({ ...row, at: row.at.toISOString() }));
  }
  return `${lines.join('\n')}\n`;
}
