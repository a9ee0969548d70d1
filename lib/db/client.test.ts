import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyChain } from '../audit/verify-chain';
import { isAppError } from '../errors';
import { findPackageRoot } from '../package-root';
import { readAuditEvents } from './audit-event';
import { inTransaction, isUniqueViolation, openDatabase, sqlitePath, sqliteUrl } from './client';
import { type FreshDatabase, makeFreshDatabase } from './testing/fresh-database';

let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await makeFreshDatabase();
});
afterAll(() => fresh.close());

const person = (id: string, name = id) => ({
  id,
  name,
  displayName: name,
  role: 'viewer',
  passwordHash: '-',
  createdAt: new Date(),
});

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

test('a read-only database refuses every write', async () => {
  const db = openDatabase({ url: fresh.url, isReadOnly: true });
  expect(await db.person.count()).toBeGreaterThanOrEqual(0);
  await expect(db.person.create({ data: person('read-only') })).rejects.toThrow(/readonly/);
  await expect(inTransaction(db, (tx) => tx.person.create({ data: person('read-only') }))).rejects.toThrow();
  await db.$disconnect();
});

test('a database that is missing is refused where it must exist, by its path', () => {
  const url = sqliteUrl('/nonexistent/folder/treeline.db');
  for (const isReadOnly of [true, false]) {
    expect(() => openDatabase({ url, isReadOnly })).toThrow(/cannot open the database \/nonexistent/);
  }
  expect(() => sqlitePath('postgres://localhost/treeline')).toThrow(/DATABASE_URL/);
  expect(sqlitePath(sqliteUrl('/a path/with #, ? and %.db'))).toBe('/a path/with #, ? and %.db');
});

test('the file is readable by its owner only', () => {
  expect(statSync(fresh.path).mode & 0o777).toBe(0o600);
});

test('a filter that is undefined is an error and drops nothing', async () => {
  await fresh.db.person.create({ data: person('kept') });
  const name = undefined as unknown as string;
  await expect(fresh.db.person.findMany({ where: { name } })).rejects.toThrow(/undefined/);
  await expect(fresh.db.person.deleteMany({ where: { name } })).rejects.toThrow(/undefined/);
  expect(await fresh.db.person.count({ where: { id: 'kept' } })).toBe(1);
});

test('a duplicate of a unique key is told from other errors', async () => {
  await fresh.db.person.create({ data: person('first', 'taken') });
  const error = await fresh.db.person.create({ data: person('second', 'taken') }).catch((e: unknown) => e);
  expect(isUniqueViolation(error)).toBe(true);
  expect(isUniqueViolation(new Error('another'))).toBe(false);
});

test('foreign keys hold', async () => {
  const session = { id: 's', personId: 'nobody', createdAt: new Date(), lastSeenAt: new Date() };
  await expect(
    fresh.db.session.create({ data: { ...session, expiresAt: new Date() } }),
  ).rejects.toMatchObject({ code: 'P2003' });
});

test('what a transaction has read stays true until it commits: increments are never lost', async () => {
  await fresh.db.setting.create({ data: { key: 'counter', value: '0' } });
  const other = openDatabase({ url: fresh.url });
  const increment = (db: typeof other) =>
    inTransaction(db, async (tx) => {
      const row = await tx.setting.findUniqueOrThrow({ where: { key: 'counter' } });
      const value = String(Number(row.value) + 1);
      await tx.setting.update({ where: { key: 'counter' }, data: { value } });
    });
  for (let round = 0; round < 20; round++) {
    await Promise.all([increment(fresh.db), increment(fresh.db), increment(fresh.db)]);
    await increment(other);
  }
  expect(await fresh.db.setting.findUnique({ where: { key: 'counter' } })).toMatchObject({ value: '80' });
  await other.$disconnect();
});

test('two processes that write at once get different numbers and one unbroken chain', async () => {
  const root = findPackageRoot();
  mkdirSync(join(root, '.test-tmp'), { recursive: true });
  const folder = mkdtempSync(join(root, '.test-tmp', 'db-'));
  try {
    const script = join(folder, 'record-many.mjs');
    await build({
      entryPoints: [join(root, 'lib/db/testing/record-many.ts')],
      outfile: script,
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
    });
    const run = (name: string) =>
      promisify(execFile)(process.execPath, [script, fresh.url, '60', name]).then(
        ({ stdout }) => JSON.parse(stdout) as number[],
      );
    const all = (await Promise.all([run('one'), run('two')])).flat();
    expect(new Set(all).size).toBe(120);
    const chain = await verifyChain(readAuditEvents(fresh.db));
    expect(chain).toMatchObject({ isIntact: true, events: 120 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a lock that is held for too long is an error that says so', async () => {
  const other = openDatabase({ url: fresh.url });
  let release: () => void = () => undefined;
  const held = inTransaction(other, async (tx) => {
    await tx.setting.count();
    await new Promise<void>((resolve) => {
      release = resolve;
    });
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  // SQLite waits inside one synchronous call here, so the holder can't end meanwhile: it has to time out.
  const error = await inTransaction(fresh.db, (tx) => tx.setting.count()).catch((e: unknown) => e);
  expect(isAppError(error, 'database-unavailable')).toBe(true);
  release();
  await held;
  await other.$disconnect();
});
