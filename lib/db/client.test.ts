import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { recordAudit } from '../audit/record-audit';
import { verifyChain } from '../audit/verify-chain';
import { isAppError } from '../errors';
import { findPackageRoot } from '../package-root';
import { readAuditEvents } from './audit-event';
import { inTransaction, isUniqueViolation, openDatabase } from './client';
import { keptAnswersOf } from './kept-answers';
import { type FreshDatabase, makeFreshDatabase, providers } from './testing/fresh-database';

const person = (id: string, name = id) => ({
  id,
  name,
  displayName: name,
  role: 'viewer',
  passwordHash: '-',
  createdAt: new Date(),
});

/** The modules once more, as Next bundles them for its pages and again for its routes. */
async function importCopy() {
  vi.resetModules();
  const [{ inTransaction }, { keptAnswersOf }] = await Promise.all([
    import('./client'),
    import('./kept-answers'),
  ]);
  return { inTransaction, keptAnswersOf };
}

// Processes are started, and SQLite syncs each commit to a disk that may be busy.
describe.each(providers)('%s', { timeout: 120_000 }, (provider) => {
  let fresh: FreshDatabase;
  beforeAll(async () => {
    fresh = await makeFreshDatabase(provider);
  });
  afterAll(() => fresh.close());

  test('a read-only database refuses every write', async () => {
    const db = openDatabase({ url: fresh.url, isReadOnly: true });
    expect(await db.person.count()).toBeGreaterThanOrEqual(0);
    await expect(db.person.create({ data: person('read-only') })).rejects.toThrow(/read-?only/);
    await expect(
      inTransaction(db, (tx) => tx.person.create({ data: person('read-only') })),
    ).rejects.toThrow();
    await db.$disconnect();
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

  test('two copies of the modules, as of pages and of routes, are one to the database', async () => {
    const copy = await importCopy();
    await fresh.db.setting.create({ data: { key: 'of-copies', value: '0' } });
    const increment = (transaction: typeof inTransaction) =>
      transaction(fresh.db, async (tx) => {
        const row = await tx.setting.findUniqueOrThrow({ where: { key: 'of-copies' } });
        const value = String(Number(row.value) + 1);
        await tx.setting.update({ where: { key: 'of-copies' }, data: { value } });
      });
    for (let round = 0; round < 20; round++) {
      await Promise.all([
        increment(copy.inTransaction),
        increment(inTransaction),
        increment(copy.inTransaction),
      ]);
    }
    expect(await fresh.db.setting.findUnique({ where: { key: 'of-copies' } })).toMatchObject({ value: '60' });

    // What is kept of answers, and when it is of no more use, is known to both.
    expect(copy.keptAnswersOf(fresh.db)).toBe(keptAnswersOf(fresh.db));
    const kept = keptAnswersOf(fresh.db);
    await increment(copy.inTransaction);
    expect(keptAnswersOf(fresh.db)).toBe(kept);
    await fresh.db.person.create({ data: person('outside-of-transactions') });
    expect(copy.keptAnswersOf(fresh.db)).not.toBe(kept);
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
    const holder = holdTransaction(other);
    await holder.isInside;
    // SQLite waits inside one synchronous call here, so the holder can't end meanwhile: it has to time out.
    const error = await inTransaction(fresh.db, (tx) => tx.setting.count()).catch((e: unknown) => e);
    expect(isAppError(error, 'database-unavailable')).toBe(true);
    expect((error as Error).message).toBe('the database is busy; try again');
    holder.release();
    await holder.done;
    // Whoever was refused goes on as if nothing had been: what is acknowledged is committed, and holds nobody up.
    await fresh.db.setting.create({ data: { key: 'after the lock', value: '1' } });
    expect(await other.setting.count({ where: { key: 'after the lock' } })).toBe(1);
    await other.setting.delete({ where: { key: 'after the lock' } });
    expect(
      await inTransaction(fresh.db, (tx) => tx.setting.count({ where: { key: 'after the lock' } })),
    ).toBe(0);
    await other.$disconnect();
  });

  test('times are kept to the millisecond, before and after 1970', async () => {
    const times = ['1969-12-31T23:59:59.001Z', '2026-03-29T01:30:00.999Z', '2026-11-25T00:00:00.000Z'];
    for (const [at, time] of times.entries()) {
      const createdAt = new Date(time);
      const row = await fresh.db.person.create({ data: { ...person(`born-${at}`), createdAt } });
      expect(row.createdAt.toISOString()).toBe(time);
      expect(await fresh.db.person.count({ where: { id: row.id, createdAt: { lte: createdAt } } })).toBe(1);
      expect(await fresh.db.person.count({ where: { id: row.id, createdAt: { lt: createdAt } } })).toBe(0);
    }
  });

  test('of two who add the same event one fails, so that the chain has no fork', async () => {
    const event = {
      kind: 'promotion.withdrawn',
      at: new Date(),
      actor: { id: null, name: 'x' },
      data: {},
    } as const;
    const number = await inTransaction(fresh.db, (tx) => recordAudit(tx, event));
    const row = await fresh.db.auditEvent.findUniqueOrThrow({ where: { seq: number } });
    const error = await fresh.db.auditEvent
      .create({ data: { ...row, hash: 'other' } })
      .catch((e: unknown) => e);
    expect(isUniqueViolation(error)).toBe(true);
  });
});

/** A transaction that stays open until it is released. */
function holdTransaction(db: ReturnType<typeof openDatabase>) {
  let release: () => void = () => undefined;
  let enter: () => void = () => undefined;
  const isInside = new Promise<void>((resolve) => {
    enter = resolve;
  });
  const done = inTransaction(db, async (tx) => {
    await tx.setting.count();
    enter();
    await new Promise<void>((resolve) => {
      release = resolve;
    });
  });
  return { isInside, done, release: () => release() };
}
