import type { DatabaseAddress } from './database-url';
import { CheckedPgAdapter } from './postgres-adapter';

/** How long another process may take to migrate before this one gives up. */
const patienceMilliseconds = 120_000;

/**
 * Runs `work` while no other process migrates the same database. On PostgreSQL that is an advisory lock, held by a
 * transaction that does nothing else: the server drops it when the process dies.
 *
 * @throws what the database's driver throws
 */
export async function withMigrationLock<T>(address: DatabaseAddress, work: () => Promise<T>): Promise<T> {
  if (address.provider === 'sqlite') return work();
  const adapter = new CheckedPgAdapter(address.url, {
    connectionsMax: 1,
    queryTimeoutMilliseconds: patienceMilliseconds,
  });
  const run = (sql: string) => ({ sql, args: [], argTypes: [] });
  try {
    const tx = await (await adapter.connect()).startTransaction();
    try {
      await tx.executeRaw(run('SELECT pg_advisory_xact_lock(1414677829, 1296648018)'));
      return await work();
    } finally {
      await tx.executeRaw(run('ROLLBACK')).catch(() => undefined);
      await tx.rollback();
    }
  } finally {
    await adapter.closePools();
  }
}
