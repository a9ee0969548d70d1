import { statSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inTransaction, openDatabase } from './client';
import { parseDatabaseUrl, sqliteUrl } from './database-url';
import { type FreshDatabase, makeFreshDatabase } from './testing/fresh-database';

let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await makeFreshDatabase('sqlite');
});
afterAll(() => fresh.close());

/** One pragma as a connection answers it. */
async function pragma(
  db: { $queryRawUnsafe: (sql: string) => Promise<unknown> },
  name: string,
): Promise<unknown> {
  const [row] = (await db.$queryRawUnsafe(`PRAGMA ${name}`)) as Record<string, unknown>[];
  return Number.isNaN(Number(Object.values(row ?? {})[0]))
    ? Object.values(row ?? {})[0]
    : Number(Object.values(row ?? {})[0]);
}

const wanted = { journal_mode: 'wal', synchronous: 2, foreign_keys: 1, busy_timeout: 5000 };

async function pragmas(db: Parameters<typeof pragma>[0]) {
  const found: Record<string, unknown> = {};
  for (const name of Object.keys(wanted)) found[name] = await pragma(db, name);
  return found;
}

test('every connection has the pragmas: outside of transactions, in them and after them', async () => {
  expect(await pragmas(fresh.db)).toEqual(wanted);
  for (let round = 0; round < 3; round++) {
    await inTransaction(fresh.db, async (tx) => {
      expect(await pragmas(tx)).toEqual(wanted);
    });
    expect(await pragmas(fresh.db)).toEqual(wanted);
  }
  await expect(
    inTransaction(fresh.db, async () => {
      throw new Error('thrown on purpose');
    }),
  ).rejects.toThrow('thrown on purpose');
  expect(await pragmas(fresh.db)).toEqual(wanted);
});

test('statements that stay prepared answer what is there now, whatever is asked with them and changed beneath them', async () => {
  const { db } = fresh;
  const settingOf = async (key: string) => (await db.setting.findUnique({ where: { key } }))?.value;
  for (let round = 0; round < 3; round++) {
    await db.setting.create({ data: { key: `a${round}`, value: `first ${round}` } });
    expect([await settingOf(`a${round}`), await settingOf('none')]).toEqual([`first ${round}`, undefined]);
    await inTransaction(db, (tx) =>
      tx.setting.update({ where: { key: `a${round}` }, data: { value: 'second' } }),
    );
    expect(await settingOf(`a${round}`)).toBe('second');
  }
  const all = () => db.$queryRawUnsafe('SELECT * FROM "Setting" WHERE key = \'a1\'');
  expect(await all()).toEqual([{ key: 'a1', value: 'second' }]);
  await db.$executeRawUnsafe('ALTER TABLE "Setting" ADD COLUMN "more" TEXT');
  expect(await all()).toEqual([{ key: 'a1', value: 'second', more: null }]);
  expect(await settingOf('a1')).toBe('second');
  await db.$executeRawUnsafe('ALTER TABLE "Setting" DROP COLUMN "more"');
  expect([await all(), await settingOf('a1')]).toEqual([[{ key: 'a1', value: 'second' }], 'second']);
  await db.setting.deleteMany();
});

test('a database that is missing is refused where it must exist, by its path', () => {
  const url = sqliteUrl('/nonexistent/folder/treeline.db');
  for (const isReadOnly of [true, false]) {
    expect(() => openDatabase({ url, isReadOnly })).toThrow(/cannot open the database \/nonexistent/);
  }
});

test('the file is readable by its owner only', () => {
  expect(statSync(parseDatabaseUrl(fresh.url).name).mode & 0o777).toBe(0o600);
});

test('a disk that is full is an error that says so, and what is there stays', async () => {
  const full = inTransaction(fresh.db, async (tx) => {
    // No page more than there are: as a full disk, for this connection.
    await tx.$queryRawUnsafe('PRAGMA max_page_count = 1');
    await tx.setting.create({ data: { key: 'big', value: 'x'.repeat(1_000_000) } });
  });
  await expect(full).rejects.toMatchObject({
    code: 'database-unavailable',
    message: expect.stringMatching(/^there is no space left for the database \//),
  });
  await fresh.db.setting.create({ data: { key: 'small', value: '' } });
  expect(await fresh.db.setting.count()).toBe(1);
});
