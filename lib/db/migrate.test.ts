import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAppError } from '../errors';
import { findPackageRoot } from '../package-root';
import { openDatabase } from './client';
import { parseDatabaseUrl, sqliteUrl } from './database-url';
import { applyMigrations, readMigrations, readSchema, withSchemaEngine } from './migrate';
import { type DatabasePlace, makePlace, providers } from './testing/fresh-database';

const root = mkdtempSync(join(tmpdir(), 'treeline-migrate-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.each(providers)('%s', (provider) => {
  let place: DatabasePlace;
  beforeEach(async () => {
    place = await makePlace(provider, { isMigrated: false });
  });
  afterEach(() => place.close());
  const namesOf = () => readMigrations(provider).migrationDirectories.map((migration) => migration.path);

  test('the migrations are applied once, in order, and noted', async () => {
    expect(await applyMigrations(place.url)).toEqual(namesOf());
    expect(await applyMigrations(place.url)).toEqual([]);
    const db = openDatabase({ url: place.url });
    const rows = (await db.$queryRawUnsafe(
      'SELECT migration_name, finished_at FROM _prisma_migrations ORDER BY started_at',
    )) as { migration_name: string; finished_at: unknown }[];
    expect(rows.map((row) => row.migration_name)).toEqual(namesOf());
    expect(rows.every((row) => row.finished_at !== null)).toBe(true);
    await db.$disconnect();
  });

  test('a history that was edited or has failed is refused', async () => {
    await applyMigrations(place.url);
    const db = openDatabase({ url: place.url });
    const last = namesOf().at(-1) as string;
    const where = `WHERE migration_name = '${last}'`;
    await db.$executeRawUnsafe(`UPDATE _prisma_migrations SET finished_at = NULL ${where}`);
    await expect(applyMigrations(place.url)).rejects.toThrow(last);
    await db.$executeRawUnsafe(`DELETE FROM _prisma_migrations ${where}`);
    await expect(applyMigrations(place.url)).rejects.toThrow(last);
    await db.$disconnect();
  });

  test('several that start at once do not disturb each other', async () => {
    const applied = await Promise.all([1, 2, 3].map(() => applyMigrations(place.url)));
    expect(applied.flat()).toEqual(namesOf());
  });

  test('the migrations lead to exactly the schema; what is missing is printed as SQL', async () => {
    const schema = readSchema(provider);
    await applyMigrations(place.url);
    const missing = (content: string) =>
      withSchemaEngine(parseDatabaseUrl(place.url), async (engine) => {
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
    expect(await missing(schema), `put it into prisma/migrations/${provider}`).toMatch(
      /^(-- This is an empty migration\.)?$/,
    );
  });

  test('audit events and approvals can be added, never changed or deleted', async () => {
    await applyMigrations(place.url);
    const db = openDatabase({ url: place.url });
    await db.$executeRawUnsafe(
      `INSERT INTO "AuditEvent" (seq, kind, at, "actorName", "dataJson", "previousHash", hash)
       VALUES (1, 'k', '2026-01-01', 'a', '{}', '', 'h')`,
    );
    await addApproval(db);
    const { id: approvalId } = await db.approval.findFirstOrThrow();
    await db.approvalVoid.create({ data: { approvalId, why: 'because', at: new Date() } });
    const changes = {
      AuditEvent: `UPDATE "AuditEvent" SET kind = 'other'`,
      ApprovalVoid: `UPDATE "ApprovalVoid" SET why = 'other'`,
      Approval: `UPDATE "Approval" SET decision = 'reject'`,
    };
    for (const [table, change] of Object.entries(changes)) {
      const why = /are never (changed|deleted)/;
      await expect(db.$executeRawUnsafe(change)).rejects.toThrow(why);
      await expect(db.$executeRawUnsafe(`DELETE FROM "${table}"`)).rejects.toThrow(why);
      if (provider === 'postgresql') {
        await expect(db.$executeRawUnsafe(`TRUNCATE "${table}" CASCADE`)).rejects.toThrow(why);
      }
    }
    expect(await db.$queryRawUnsafe('SELECT seq, kind FROM "AuditEvent"')).toEqual([{ seq: 1, kind: 'k' }]);
    expect(await db.approval.count({ where: { decision: 'approve' } })).toBe(1);
    await db.$disconnect();
  });
});

async function addApproval(db: ReturnType<typeof openDatabase>): Promise<void> {
  const now = new Date();
  const stage = (id: string) => ({
    id,
    name: id,
    position: 0,
    repoPath: '',
    repoDev: '',
    repoIno: '',
    createdAt: now,
  });
  const person = (id: string) => ({
    id,
    name: id,
    displayName: id,
    role: 'viewer',
    passwordHash: '-',
    createdAt: now,
  });
  await db.stage.createMany({ data: [stage('from'), stage('to')] });
  await db.person.createMany({ data: [person('asks'), person('decides')] });
  await db.edge.create({
    data: { id: 'e', fromStageId: 'from', toStageId: 'to', refGlobs: '[]', createdAt: now },
  });
  await db.promotion.create({
    data: {
      id: 'p',
      number: 1,
      edgeId: 'e',
      requesterId: 'asks',
      reason: '',
      state: 'requested',
      planJson: '{}',
      planChecksum: 'c',
      factsJson: '{}',
      createdAt: now,
      approvals: {
        create: {
          id: '1',
          reviewerId: 'decides',
          decision: 'approve',
          planChecksum: 'c',
          comment: '',
          createdAt: now,
        },
      },
    },
  });
}

test('several processes that start at once on a new file do not either', async () => {
  mkdirSync(join(findPackageRoot(), '.test-tmp'), { recursive: true });
  const folder = mkdtempSync(join(findPackageRoot(), '.test-tmp', 'migrate-'));
  try {
    const script = join(folder, 'migrate.mjs');
    await build({
      stdin: {
        contents: `import { applyMigrations } from './lib/db/migrate';
          process.stdout.write(JSON.stringify(await applyMigrations(process.argv[2])));`,
        resolveDir: findPackageRoot(),
      },
      outfile: script,
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
    });
    const url = sqliteUrl(join(root, 'by-processes.db'));
    const run = () =>
      promisify(execFile)(process.execPath, [script, url]).then(({ stdout }) => JSON.parse(stdout));
    const applied: string[][] = await Promise.all([run(), run(), run()]);
    expect(applied.flat()).toEqual(readMigrations('sqlite').migrationDirectories.map(({ path }) => path));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

test('a file that is no database gives one clear error with its path', async () => {
  const path = join(root, 'none.db');
  const bytes = 'this is no database, and long enough for SQLite to look at its header in full.'.repeat(20);
  writeFileSync(path, bytes);
  await expect(applyMigrations(sqliteUrl(path))).rejects.toMatchObject({
    code: 'database-unavailable',
    details: { database: path },
  });
});

test('a server that is away gives one clear error without the password', async () => {
  const error = await applyMigrations('postgres://someone:hush-hush@127.0.0.1:1/treeline').catch(
    (e: unknown) => e,
  );
  expect(isAppError(error, 'database-unavailable')).toBe(true);
  expect((error as Error).message).toBe("the database 127.0.0.1:1/treeline can't be reached; is it running?");
});
