import { createHash } from 'node:crypto';
import { canonicalJson } from '../promotion/canonical-json';

/** What the hash of an event covers: all of the row but the hash itself. */
export interface HashedEvent {
  seq: number;
  kind: string;
  at: Date;
  actorId: string | null;
  actorName: string;
  stageName: string | null;
  ref: string | null;
  promotionNumber: number | null;
  dataJson: string;
  previousHash: string;
}

/** The `previousHash` of the first event. */
export const GENESIS_HASH = '0'.repeat(64);

/** SHA-256 of the canonical JSON of the event with the hash of the one before it, as 64 hex digits. */
export function hashEvent(event: HashedEvent): string {
  const covered = canonicalJson({
    seq: event.seq,
    kind: event.kind,
    at: event.at.toISOString(),
    actorId: event.actorId,
    actorName: event.actorName,
    stageName: event.stageName,
    ref: event.ref,
    promotionNumber: event.promotionNumber,
    dataJson: event.dataJson,
    previousHash: event.previousHash,
  });
  return createHash('sha256').update(covered, 'utf8').digest('hex');
}
