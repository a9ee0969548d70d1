import { randomUUID } from 'node:crypto';
import type { Reader, Transaction } from './client';

/** How many attempts were counted for `key` since `since`. */
export function countAttempts(db: Reader, key: string, since: Date): Promise<number> {
  return db.signInAttempt.count({ where: { key, createdAt: { gte: since } } });
}

/** @returns the id of the attempt */
export async function insertAttempt(tx: Transaction, key: string, at: Date): Promise<string> {
  const id = randomUUID();
  await tx.signInAttempt.create({ data: { id, key, createdAt: at } });
  return id;
}

/** Forgets one attempt, which turned out to be right. */
export async function deleteAttempt(tx: Transaction, id: string): Promise<void> {
  await tx.signInAttempt.deleteMany({ where: { id } });
}

/** Forgets the attempts of `key`, after a success. */
export async function deleteAttempts(tx: Transaction, key: string): Promise<void> {
  await tx.signInAttempt.deleteMany({ where: { key } });
}

/** Forgets attempts that no longer count for anybody. */
export async function deleteOldAttempts(tx: Transaction, before: Date): Promise<void> {
  await tx.signInAttempt.deleteMany({ where: { createdAt: { lt: before } } });
}
