import type { Reader, Transaction } from './client';
import type { AuditEvent } from './generated/client';
import type { EventMark } from './kept-answers';

export type AuditEventRow = AuditEvent;

/** The newest event, null where there is none yet. */
export function findLastAuditEvent(db: Reader): Promise<AuditEventRow | null> {
  return db.auditEvent.findFirst({ orderBy: { seq: 'desc' } });
}

/** The last events, newest first: where in the log they stand, and what they are of. */
export function findEventMarks(db: Reader, limit: number): Promise<EventMark[]> {
  const select = { seq: true, hash: true, kind: true, promotionNumber: true };
  return db.auditEvent.findMany({ select, orderBy: { seq: 'desc' }, take: limit });
}

/** How many events there are. */
export function countAuditEvents(db: Reader): Promise<number> {
  return db.auditEvent.count();
}

/** Adds a row. Only `recordAudit` calls it: the chain is made there. */
export async function insertAuditEvent(tx: Transaction, row: AuditEventRow): Promise<void> {
  await tx.auditEvent.create({ data: row });
}

/** Every event after `afterSeq` in ascending order, in pages. */
export async function* readAuditEvents(
  db: Reader,
  afterSeq = 0,
  pageSize = 1000,
): AsyncGenerator<AuditEventRow[]> {
  for (let after = afterSeq; ; ) {
    const page = await db.auditEvent.findMany({
      where: { seq: { gt: after } },
      orderBy: { seq: 'asc' },
      take: pageSize,
    });
    const last = page.at(-1);
    if (!last) return;
    yield page;
    after = last.seq;
  }
}

export interface AuditFilter {
  actorName?: string;
  stageName?: string;
  kind?: string;
  kinds?: readonly string[];
  promotionNumber?: number;
  since?: Date;
  until?: Date;
  /** Only events with a lower number. */
  beforeSeq?: number;
}

/** Events that match, newest first. */
export function findAuditEvents(db: Reader, filter: AuditFilter, take: number): Promise<AuditEventRow[]> {
  const { actorName, stageName, kind, kinds, promotionNumber, since, until, beforeSeq } = filter;
  return db.auditEvent.findMany({
    where: {
      ...(actorName !== undefined && { actorName }),
      ...(stageName !== undefined && { stageName }),
      ...(kind !== undefined && { kind }),
      ...(kinds !== undefined && { kind: { in: [...kinds] } }),
      ...(promotionNumber !== undefined && { promotionNumber }),
      ...((since || until) && { at: { ...(since && { gte: since }), ...(until && { lt: until }) } }),
      ...(beforeSeq !== undefined && { seq: { lt: beforeSeq } }),
    },
    orderBy: { seq: 'desc' },
    take,
  });
}
