import type { Reader, Transaction } from './client';

/** A counter or one-off fact, null where it isn't set. */
export async function readSetting(db: Reader, key: string): Promise<string | null> {
  return (await db.setting.findUnique({ where: { key } }))?.value ?? null;
}

export async function writeSetting(tx: Transaction, key: string, value: string): Promise<void> {
  await tx.setting.upsert({ where: { key }, create: { key, value }, update: { value } });
}

/** The next promotion number, taken. Numbers begin at 1 and are never used twice. */
export async function takePromotionNumber(tx: Transaction): Promise<number> {
  const next = Number((await readSetting(tx, 'nextPromotionNumber')) ?? '1');
  await writeSetting(tx, 'nextPromotionNumber', String(next + 1));
  return next;
}
