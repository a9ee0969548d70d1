import { randomUUID } from 'node:crypto';
import type { Reader, Transaction } from './client';

/** How many attempts were counted for `key` since `since`. */
export function countAttempts(db: Reader, key: string, since: Date): Promise<number> {
  return db.signInAttempt.count({ where: { key, createdAt: { gte: since } } });
}

export async function insertAttempt(tx: Transaction, key: string, at: Date): Promise<void> {
  await tx.signInAttempt.create({ data: { id: randomUUID(), key, createdAt: at } });
}

/** Forgets the attempts of `key`, after a success. */
export async function deleteAttempts(tx: Transaction, key: string): Promise<void> {
  await tx.signInAttempt.deleteMany({ where: { key } });
}

/** Forgets attempts that no longer count for anybody. */
export async function deleteOldAttempts(tx: Transaction, before: Date): Promise<void> {
  await tx.signInAttempt.deleteMany({ where: { createdAt: { lt: before } } });
}
