import type { Reader, Transaction } from './client';
import type { Session } from './generated/client';

/** The session; null where the id is unknown. */
export function findSession(db: Reader, id: string): Promise<Session | null> {
  return db.session.findUnique({ where: { id } });
}

export async function insertSession(
  tx: Transaction,
  session: { id: string; personId: string; createdAt: Date; expiresAt: Date },
): Promise<void> {
  await tx.session.create({ data: { ...session, lastSeenAt: session.createdAt, endedAt: null } });
}

/** Notes that the session was used, unless it ended in the meantime. */
export async function touchSession(db: Reader, id: string, at: Date): Promise<void> {
  await db.session.updateMany({ where: { id, endedAt: null }, data: { lastSeenAt: at } });
}

/** @returns whether it was under way */
export async function endSessionRow(tx: Transaction, id: string, at: Date): Promise<boolean> {
  const { count } = await tx.session.updateMany({ where: { id, endedAt: null }, data: { endedAt: at } });
  return count === 1;
}

/** Ends every session of a person but `exceptId`. @returns how many were under way */
export async function endSessionsOf(
  tx: Transaction,
  personId: string,
  at: Date,
  exceptId: string | null = null,
): Promise<number> {
  const { count } = await tx.session.updateMany({
    where: { personId, endedAt: null, ...(exceptId !== null && { id: { not: exceptId } }) },
    data: { endedAt: at },
  });
  return count;
}

/** Removes sessions that ended or expired before `before`: nothing refers to them. */
export async function deleteOldSessions(tx: Transaction, before: Date): Promise<void> {
  await tx.session.deleteMany({
    where: { OR: [{ endedAt: { lt: before } }, { expiresAt: { lt: before } }] },
  });
}
