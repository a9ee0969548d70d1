import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { inTransaction } from '../db/client';
import { endSessionRow } from '../db/session';
import type { ServiceContext } from './service-context';

/** Signs the actor out: the session row is ended, whatever copies of the cookie there are. */
export async function endSession(ctx: ServiceContext, actor: Actor): Promise<void> {
  if (actor.kind !== 'person' || actor.sessionId === null) return;
  const session = actor.sessionId;
  const at = ctx.clock.now();
  await inTransaction(ctx.db, async (tx) => {
    if (!(await endSessionRow(tx, session, at))) return;
    await recordAudit(tx, { kind: 'session.ended', at, actor: auditActorOf(actor), data: { session } });
  });
}
