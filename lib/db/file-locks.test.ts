import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from './client';
import { parseDatabaseUrl } from './database-url';
import { applyMigrations } from './migrate';
import { type FreshDatabase, makeFreshDatabase } from './testing/fresh-database';

let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await makeFreshDatabase('sqlite');
});
afterAll(() => fresh.close());

/** Another process opens the database, writes, and closes it: SQLite deletes the WAL if it is the last to do so. */
function writeElsewhere(key: string): void {
  const script = `
    const db = new (require('libsql'))(process.argv[1]);
    db.exec("PRAGMA busy_timeout = 5000; INSERT INTO Setting VALUES ('${key}', 'elsewhere')");
    db.close();`;
  execFileSync(process.execPath, ['-e', script, parseDatabaseUrl(fresh.url).name]);
}

// POSIX drops every lock that a process has on a file when it closes any descriptor on it. Without its lock
// another process takes itself for the last user, deletes the WAL, and the database is corrupt.
test('opening the database again, and migrating it, leaves SQLite’s locks in place', async () => {
  await fresh.db.setting.create({ data: { key: 'first', value: 'here' } });
  const second = openDatabase({ url: fresh.url });
  await applyMigrations(fresh.url);
  await second.setting.count();

  writeElsewhere('second');
  expect(existsSync(`${parseDatabaseUrl(fresh.url).name}-wal`), 'the WAL is still there').toBe(true);
  for (const db of [fresh.db, second]) {
    expect((await db.setting.findMany({ orderBy: { key: 'asc' } })).map(({ key }) => key)).toEqual([
      'first',
      'second',
    ]);
  }
  expect(await fresh.db.$queryRawUnsafe('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  await second.$disconnect();
});
