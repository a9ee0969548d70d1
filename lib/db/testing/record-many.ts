import { recordAudit } from '../../audit/record-audit';
import { isAppError } from '../../errors';
import { inTransaction, openDatabase, type Transaction } from '../client';
import { takePromotionNumber } from '../setting';

/**
 * A process of its own that writes: `node record-many.mjs URL COUNT NAME` records COUNT events, each with the next
 * promotion number, and prints the numbers it got.
 */
const [url = '', count = '0', name = ''] = process.argv.slice(2);
const db = openDatabase({ url });
const numbers: number[] = [];
while (numbers.length < Number(count)) {
  try {
    numbers.push(await inTransaction(db, recordOne));
  } catch (error) {
    // On a machine that is busy the other may have the lock for too long: nothing was done then.
    if (!isAppError(error, 'database-unavailable')) throw error;
  }
}
await db.$disconnect();
process.stdout.write(JSON.stringify(numbers));

async function recordOne(tx: Transaction): Promise<number> {
  const number = await takePromotionNumber(tx);
  const actor = { id: null, name };
  await recordAudit(tx, {
    kind: 'promotion.withdrawn',
    at: new Date(),
    actor,
    promotion: number,
    data: {},
  });
  return number;
}
