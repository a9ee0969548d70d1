import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise } from '../auth/permissions';
import { type ExportAuditInput, exportAuditSchema } from '../contracts/audit';
import { type AuditEventRow, countAuditEvents, readAuditEvents } from '../db/audit-event';
import { inTransaction } from '../db/client';
import { canonicalJson } from '../promotion/canonical-json';
import { csvLine } from './csv-line';
import { auditRowDto } from './list-audit';
import { parseInput } from './parse-input';
import type { ServiceContext } from './service-context';

const CSV_COLUMNS = [
  'seq',
  'at',
  'actor',
  'what',
  'kind',
  'stage',
  'ref',
  'promotion',
  'data',
  'previousHash',
  'hash',
];

/**
 * The whole audit log, oldest first. As JSON lines each holds all that its hash covers, and the hash, so that the chain can
 * be followed without Treeline. As CSV (RFC 4180) it is for spreadsheets: a cell that one of them would take for a formula
 * begins with an apostrophe. That it was exported is recorded first and is its last line.
 */
export async function exportAudit(
  ctx: ServiceContext,
  actor: Actor,
  input: ExportAuditInput = {},
): Promise<string> {
  authorise(actor, 'audit.export');
  const { format } = parseInput(exportAuditSchema, input);
  const at = ctx.clock.now();
  await inTransaction(ctx.db, async (tx) => {
    const events = await countAuditEvents(tx);
    await recordAudit(tx, { kind: 'audit.exported', at, actor: auditActorOf(actor), data: { events } });
  });
  const isCsv = format === 'csv';
  const lines: string[] = isCsv ? [csvLine(CSV_COLUMNS)] : [];
  for await (const page of readAuditEvents(ctx.db)) {
    for (const row of page) lines.push(isCsv ? csvOf(row) : jsonOf(row));
  }
  const end = isCsv ? '\r\n' : '\n';
  return `${lines.join(end)}${end}`;
}

function jsonOf(row: AuditEventRow): string {
  return canonicalJson({ ...row, at: row.at.toISOString() });
}

function csvOf(row: AuditEventRow): string {
  const { seq, at, actor, text, kind, stage, ref, promotion } = auditRowDto(row);
  return csvLine([
    seq,
    at,
    actor,
    text,
    kind,
    stage,
    ref,
    promotion,
    row.dataJson,
    row.previousHash,
    row.hash,
  ]);
}
