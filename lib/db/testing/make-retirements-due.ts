import { openDatabase } from '../client';

/** Ends the grace of all that removals left, in the database at `url`. */
export async function makeRetirementsDue(url: string): Promise<void> {
  const db = openDatabase({ url });
  try {
    await db.retirement.updateMany({ where: { state: 'waiting' }, data: { dueAt: new Date() } });
  } finally {
    await db.$disconnect();
  }
}
