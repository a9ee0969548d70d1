import { describeEvent } from '../audit/event-kinds';
import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import {
  type AuditPageDto,
  type AuditRowDto,
  type ListAuditInput,
  listAuditSchema,
} from '../contracts/audit';
import { type AuditEventRow, findAuditEvents, listAuditFacets } from '../db/audit-event';
import { chainState } from './audit-chain';
import { nextNumberCursor, parseNumberCursor } from './cursor';
import { parseInput } from './parse-input';
import type { ServiceContext } from './service-context';

const PAGE_SIZE = 50;

/** The audit log, newest first, with what it can be filtered by and whether the whole chain holds. */
export async function listAudit(
  ctx: ServiceContext,
  actor: Actor,
  input: ListAuditInput,
): Promise<AuditPageDto> {
  authorise(actor, 'audit.read');
  const filter = parseInput(listAuditSchema, input);
  const beforeSeq = parseNumberCursor(filter.cursor);
  const rows = await findAuditEvents(
    ctx.db,
    {
      ...(filter.person !== undefined && { actorName: filter.person }),
      ...(filter.stage !== undefined && { stageName: filter.stage }),
      ...(filter.kind !== undefined && { kind: filter.kind }),
      ...(filter.promotion !== undefined && { promotionNumber: filter.promotion }),
      ...(filter.since !== undefined && { since: new Date(filter.since) }),
      ...(filter.until !== undefined && { until: new Date(filter.until) }),
      ...(beforeSeq !== null && { beforeSeq }),
    },
    PAGE_SIZE + 1,
  );
  const items = rows.slice(0, PAGE_SIZE);
  return {
    items: items.map(auditRowDto),
    nextCursor: nextNumberCursor(rows.length > PAGE_SIZE, items.at(-1)?.seq),
    chain: await chainState(ctx),
    ...(await listAuditFacets(ctx.db)),
  };
}

/** An event as the history shows it. */
export function auditRowDto(row: AuditEventRow): AuditRowDto {
  const about = { stage: row.stageName, ref: row.ref, promotion: row.promotionNumber };
  return {
    seq: row.seq,
    at: row.at.toISOString(),
    kind: row.kind,
    actor: row.actorName,
    text: describeEvent(row.kind, row.dataJson, about),
    ...about,
    hash: row.hash,
  };
}
