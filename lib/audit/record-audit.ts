import { findLastAuditEvent, insertAuditEvent } from '../db/audit-event';
import type { Transaction } from '../db/client';
import { canonicalJson } from '../promotion/canonical-json';
import { type AuditData, type AuditKind, eventKinds } from './event-kinds';
import { GENESIS_HASH, hashEvent } from './hash-event';

/** Who did it. `id` is null for Treeline's own processes, whose `name` says which. */
export interface AuditActor {
  id: string | null;
  name: string;
}

export interface AuditInput<K extends AuditKind> {
  kind: K;
  at: Date;
  actor: AuditActor;
  stage?: string | null;
  ref?: string | null;
  promotion?: number | null;
  data: AuditData<K>;
}

/**
 * Adds one event to the chain, in the caller's transaction: what it tells of and the event are stored together
 * or not at all. The transaction must hold the write lock from its start (`inTransaction`), so
 * that the event before this one is still the last when it commits.
 *
 * @returns the event's sequence number
 */
export async function recordAudit<K extends AuditKind>(
  tx: Transaction,
  input: AuditInput<K>,
): Promise<number> {
  const data = eventKinds[input.kind].data.parse(input.data);
  const last = await findLastAuditEvent(tx);
  const event = {
    seq: (last?.seq ?? 0) + 1,
    kind: input.kind,
    at: input.at,
    actorId: input.actor.id,
    actorName: input.actor.name,
    stageName: input.stage ?? null,
    ref: input.ref ?? null,
    promotionNumber: input.promotion ?? null,
    dataJson: canonicalJson(data),
    previousHash: last?.hash ?? GENESIS_HASH,
  };
  await insertAuditEvent(tx, { ...event, hash: hashEvent(event) });
  return event.seq;
}
