import { recordAudit } from '../../audit/record-audit';
import { inTransaction, openDatabase } from '../client';
import { takePromotionNumber } from '../setting';

/**
 * A process of its own that writes: `node record-many.mjs URL COUNT NAME` records COUNT events, each with the next
 * promotion number, and prints the numbers it got.
 */
const [url = '', count = '0', name = ''] = process.argv.slice(2);
const db = openDatabase({ url });
const numbers: number[] = [];
for (let i = 0; i < Number(count); i++) {
  numbers.push(
    await inTransaction(db, async (tx) => {
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
    }),
  );
}
await db.$disconnect();
process.stdout.write(JSON.stringify(numbers));
