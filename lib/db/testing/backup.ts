import { chmodSync, copyFileSync, rmSync } from 'node:fs';
import type { Database } from '../client';
import { parseDatabaseUrl } from '../database-url';
import { runOnServer } from './fresh-database';

/** A copy of a database as it was, put back in its place by `restore`. */
export interface Backup {
  restore(): Promise<void>;
}

/** Takes a backup of the database at `url`, to which nobody but `db` may be connected. */
export async function takeBackup(db: Database, url: string): Promise<Backup> {
  const address = parseDatabaseUrl(url);
  if (address.provider === 'sqlite') {
    const copy = `${address.path}.backup`;
    await db.$executeRawUnsafe(`VACUUM INTO '${copy}'`);
    return {
      async restore() {
        await db.$disconnect();
        // Another file: SQLite may still have locks on the one that was there.
        for (const suffix of ['', '-wal', '-shm']) rmSync(`${address.path}${suffix}`, { force: true });
        copyFileSync(copy, address.path);
        chmodSync(address.path, 0o600);
      },
    };
  }
  const name = new URL(url).pathname.slice(1);
  const server = new URL(url);
  server.pathname = '/postgres';
  const copy = `${name}_backup`;
  await db.$disconnect();
  await runOnServer(server.href, `CREATE DATABASE ${copy} TEMPLATE ${name}`);
  return {
    async restore() {
      await db.$disconnect();
      await runOnServer(server.href, `DROP DATABASE ${name} WITH (FORCE)`);
      await runOnServer(server.href, `ALTER DATABASE ${copy} RENAME TO ${name}`);
    },
  };
}
