import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../errors';
import { createDatabaseFile } from './client';
import type { DatabaseAddress } from './database-url';
import { tryLockFile } from './libsql-adapter';
import { CheckedPgAdapter } from './postgres-adapter';

/** How long another process may take to migrate before this one gives up. */
const patienceMilliseconds = 120_000;

/**
 * Runs `work` while no other process migrates the same database. The lock goes with the process that has it: on
 * PostgreSQL an advisory lock in a transaction that does nothing else, beside a SQLite file the lock of another.
 *
 * @throws AppError `database-unavailable` where others had it for too long; what the database's driver throws
 */
export function withMigrationLock<T>(address: DatabaseAddress, work: () => Promise<T>): Promise<T> {
  return address.provider === 'sqlite'
    ? withFileLock(`${address.path}-migrating`, work)
    : withAdvisoryLock(address.url, work);
}

async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  createDatabaseFile(path);
  const startedAt = performance.now();
  for (;;) {
    const release = tryLockFile(path);
    if (release !== null) {
      try {
        return await work();
      } finally {
        release();
      }
    }
    if (performance.now() - startedAt > patienceMilliseconds) {
      throw new AppError('database-unavailable', `another process has ${path} locked; is it migrating?`, {
        details: { path },
      });
    }
    await sleep(50);
  }
}

async function withAdvisoryLock<T>(url: string, work: () => Promise<T>): Promise<T> {
  const adapter = new CheckedPgAdapter(url, {
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
