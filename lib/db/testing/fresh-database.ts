import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { makeOnce } from '../../testing/make-once';
import { type Database, openDatabase } from '../client';
import { type Provider, sqliteUrl } from '../database-url';
import { applyMigrations } from '../migrate';
import { sharedPostgres, templateDatabase } from './shared-postgres';

/** Both databases, for `describe.each`: what must hold on each of them. */
export const providers: readonly Provider[] = ['sqlite', 'postgresql'];

/** The database of tests that don't say which: SQLite, unless the run is told otherwise. */
export const usualProvider: Provider =
  process.env.TREELINE_TEST_PROVIDER === 'postgresql' ? 'postgresql' : 'sqlite';

/** A database of its own; gone after `close`. */
export interface DatabasePlace {
  url: string;
  close(): Promise<void>;
}

/** A migrated database, opened. */
export interface FreshDatabase extends DatabasePlace {
  db: Database;
}

export async function makeFreshDatabase(provider: Provider = usualProvider): Promise<FreshDatabase> {
  const place = await makePlace(provider, { isMigrated: true });
  const db = openDatabase({ url: place.url });
  return {
    ...place,
    db,
    async close() {
      await db.$disconnect();
      await place.close();
    },
  };
}

/** A place for a database: empty, or migrated. For SQLite at `path` where it is given. */
export async function makePlace(
  provider: Provider,
  { isMigrated, path }: { isMigrated: boolean; path?: string },
): Promise<DatabasePlace> {
  if (provider === 'postgresql') return makePostgresPlace(isMigrated);
  const root = path === undefined ? mkdtempSync(join(tmpdir(), 'treeline-db-')) : null;
  const file = path ?? join(root as string, 'test.db');
  if (isMigrated) await copyMigrated(file);
  return {
    url: sqliteUrl(file),
    async close() {
      if (root !== null) rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Copying a migrated database is quicker than migrating another: Prisma's schema engine need not be loaded. */
async function copyMigrated(file: string): Promise<void> {
  const folder = await makeOnce('migrated-database', async (made) => {
    const url = sqliteUrl(join(made, 'new.db'));
    await applyMigrations(url);
    // One file with everything, without a log beside it.
    const db = openDatabase({ url });
    await db.$executeRawUnsafe(`VACUUM INTO '${join(made, 'treeline.db')}'`);
    await db.$disconnect();
    // A copy is in another journal mode until somebody writes to it: read-only connections must find WAL.
    const copy = openDatabase({ url: sqliteUrl(join(made, 'treeline.db')) });
    await copy.setting.count();
    await copy.$disconnect();
  });
  copyFileSync(join(folder, 'treeline.db'), file);
  chmodSync(file, 0o600);
}

async function makePostgresPlace(isMigrated: boolean): Promise<DatabasePlace> {
  const urlOf = await sharedPostgres();
  const name = `test_${randomBytes(6).toString('hex')}`;
  const template = isMigrated ? templateDatabase : 'template0';
  await runOnServer(urlOf('postgres'), `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`);
  return {
    url: urlOf(name),
    close: () => runOnServer(urlOf('postgres'), `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** Runs one statement on a server of the tests. */
export async function runOnServer(connectionString: string, sql: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
