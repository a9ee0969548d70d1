import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openDatabase, sqliteUrl } from './client';
import { applyMigrations, readMigrations, schemaPath, withSchemaEngine } from './migrate';

const root = mkdtempSync(join(tmpdir(), 'treeline-migrate-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('the migrations are applied once, in order, and noted', async () => {
  const url = sqliteUrl(join(root, 'once.db'));
  const names = readMigrations().migrationDirectories.map((migration) => migration.path);
  expect(await applyMigrations(url)).toEqual(names);
  expect(await applyMigrations(url)).toEqual([]);
  const db = openDatabase({ url });
  const rows = (await db.$queryRawUnsafe('SELECT migration_name, finished_at FROM _prisma_migrations')) as {
    migration_name: string;
    finished_at: unknown;
  }[];
  expect(rows.map((row) => row.migration_name)).toEqual(names);
  expect(rows.every((row) => row.finished_at !== null)).toBe(true);
  await db.$disconnect();
});

test('several processes that start at once do not disturb each other', async () => {
  const url = sqliteUrl(join(root, 'at-once.db'));
  await applyMigrations(url);
  const applied = await Promise.all([applyMigrations(url), applyMigrations(url), applyMigrations(url)]);
  expect(applied).toEqual([[], [], []]);
});

test('the migrations lead to exactly the schema; what is missing is printed as SQL', async () => {
  const schema = readFileSync(schemaPath(), 'utf8');
  const path = join(root, 'diff.db');
  await applyMigrations(sqliteUrl(path));
  const missing = (content: string) =>
    withSchemaEngine(path, async (engine) => {
      const files = [{ path: 'schema.prisma', content }];
      const { stdout } = await engine.diff({
        from: { tag: 'schemaDatasource', files, configDir: root },
        to: { tag: 'schemaDatamodel', files },
        script: true,
        exitCode: null,
        filters: { externalTables: [], externalEnums: [] },
      });
      return stdout?.trim();
    });
  expect(await missing(`${schema}\nmodel Extra {\n  id String @id\n}\n`)).toContain('CREATE TABLE "Extra"');
  expect(await missing(schema)).toMatch(/^(-- This is an empty migration\.)?$/);
});

test('audit events and approvals can be added, never changed or deleted', async () => {
  const url = sqliteUrl(join(root, 'triggers.db'));
  await applyMigrations(url);
  const db = openDatabase({ url });
  await db.$executeRawUnsafe(
    `INSERT INTO "AuditEvent" (seq, kind, at, actorName, dataJson, previousHash, hash)
     VALUES (1, 'k', '2026-01-01', 'a', '{}', '', 'h')`,
  );
  await expect(db.$executeRawUnsafe(`UPDATE "AuditEvent" SET kind = 'other'`)).rejects.toThrow();
  await expect(db.$executeRawUnsafe(`DELETE FROM "AuditEvent"`)).rejects.toThrow();
  await db.$executeRawUnsafe('PRAGMA foreign_keys = OFF');
  await db.$executeRawUnsafe(
    `INSERT INTO "Approval" (id, promotionId, reviewerId, decision, planChecksum, comment, createdAt)
     VALUES ('1', 'p', 'r', 'approve', 'c', '', '2026-01-01')`,
  );
  await expect(db.$executeRawUnsafe(`UPDATE "Approval" SET decision = 'reject'`)).rejects.toThrow();
  await expect(db.$executeRawUnsafe(`DELETE FROM "Approval"`)).rejects.toThrow();
  expect(await db.$queryRawUnsafe('SELECT seq, kind FROM "AuditEvent"')).toEqual([{ seq: 1, kind: 'k' }]);
  await db.$disconnect();
});

test('a database that is none gives one clear error with its path', async () => {
  const path = join(root, 'none.db');
  writeFileSync(
    path,
    'this is no database, and long enough for SQLite to look at its header in full.'.repeat(20),
  );
  await expect(applyMigrations(sqliteUrl(path))).rejects.toMatchObject({
    code: 'database-unavailable',
    details: { path },
  });
});
