import { expect, test } from 'vitest';
import { isAppError } from '../errors';
import { inTransaction, openDatabase } from './client';
import { makeFreshDatabase } from './testing/fresh-database';

// What a process that is stopped in the middle of a transaction does: nothing, for longer than the server waits. On SQLite
// the lock is the file's: there it stays with the process until that goes on or ends.
test('on PostgreSQL a writer that stands still loses its transaction and the lock', async () => {
  const fresh = await makeFreshDatabase('postgresql');
  const other = openDatabase({ url: fresh.url });
  const still = inTransaction(fresh.db, async (tx) => {
    await tx.setting.create({ data: { key: 'still', value: '' } });
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    await tx.setting.create({ data: { key: 'again', value: '' } });
  }).catch((error: unknown) => error);
  let refused = 0;
  for (;;) {
    const got = await inTransaction(other, (tx) => tx.setting.count()).catch((error: unknown) => error);
    if (typeof got === 'number') break;
    expect(isAppError(got, 'database-unavailable')).toBe(true);
    refused += 1;
  }
  expect(refused).toBeLessThan(5);
  expect(isAppError(await still, 'database-unavailable')).toBe(true);
  expect(await other.setting.count()).toBe(0);
  await other.$disconnect();
  await fresh.close();
});
