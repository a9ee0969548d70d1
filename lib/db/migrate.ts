import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import * as engineModule from '@prisma/schema-engine-wasm/schema_engine_bg';
import { AppError, isAppError } from '../errors';
import { findPackageRoot } from '../package-root';
import { createDatabaseFile } from './client';
import { asDatabaseError } from './database-error';
import { type DatabaseAddress, type Provider, parseDatabaseUrl } from './database-url';
import { CheckedLibSqlAdapter } from './libsql-adapter';
import { withMigrationLock } from './migration-lock';
import { CataloguePgAdapter } from './postgres-adapter';

type MigrationList = Parameters<SchemaEngine['applyMigrations']>[0]['migrationsList'];
const noFilters = { externalTables: [], externalEnums: [] };

/**
 * Brings the database at `url` up to date with `prisma/migrations/<provider>`, by Prisma's own schema engine in
 * process: it keeps `_prisma_migrations`, and refuses a history that was edited or has failed. One process at a time does
 * so; the others wait, and find nothing to do.
 *
 * @returns the names of the migrations that were applied now
 * @throws AppError `database-unavailable` with the engine's message
 */
export async function applyMigrations(url: string): Promise<string[]> {
  const address = parseDatabaseUrl(url);
  try {
    if (address.provider === 'sqlite') createDatabaseFile(address.path);
    const migrationsList = readMigrations(address.provider);
    if (await isUpToDate(address, migrationsList)) return [];
    return await withMigrationLock(address, () =>
      withSchemaEngine(
        address,
        async (engine) =>
          (await engine.applyMigrations({ migrationsList, filters: noFilters })).appliedMigrationNames,
      ),
    );
  } catch (error) {
    const cause = asDatabaseError(error, address.name);
    if (isAppError(cause)) throw cause;
    const why = cause instanceof Error ? cause.message.replace(/\s+/g, ' ').trim() : String(cause);
    throw new AppError('database-unavailable', `cannot migrate the database ${address.name}: ${why}`, {
      details: { database: address.name },
      cause,
    });
  }
}

/**
 * Whether `_prisma_migrations` notes exactly these migrations, each with its checksum and as finished. To load the engine
 * takes longer than all else that most commands do; whatever is otherwise is for the engine to judge.
 */
async function isUpToDate(
  address: DatabaseAddress,
  { migrationDirectories }: MigrationList,
): Promise<boolean> {
  const { adapter, close } = adapterOf(address);
  try {
    const connection = await adapter.connect();
    const columns = 'migration_name, checksum, finished_at IS NULL, rolled_back_at IS NULL';
    const sql = `SELECT ${columns} FROM _prisma_migrations ORDER BY migration_name`;
    const { rows } = await connection.queryRaw({ sql, args: [], argTypes: [] });
    const noted = rows.map(([name, checksum, isUnfinished, isStanding]) =>
      [name, checksum, Boolean(isUnfinished), Boolean(isStanding)].join(' '),
    );
    const shipped = migrationDirectories.map(({ path, migrationFile: { content } }) =>
      [path, content.tag === 'ok' && sha256Hex(content.value), false, true].join(' '),
    );
    return noted.join('\n') === shipped.join('\n');
  } catch {
    // A database without the table is new, and an unreachable one is the engine's to explain.
    return false;
  } finally {
    await close();
  }
}

function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Runs `work` with Prisma's schema engine connected to the database. */
export async function withSchemaEngine<T>(
  address: DatabaseAddress,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  loadEngine();
  const { adapter, close } = adapterOf(address);
  const engine = await engineModule.SchemaEngine.new(
    { datamodels: [['schema.prisma', readSchema(address.provider)]] },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(adapter),
  );
  try {
    return await work(engine);
  } finally {
    engine.free();
    // The engine leaves its connections open, and with them its locks.
    await close();
  }
}

function adapterOf(address: DatabaseAddress): {
  adapter: SqlMigrationAwareDriverAdapterFactory;
  close: () => void | Promise<void>;
} {
  if (address.provider === 'sqlite') {
    const adapter = new CheckedLibSqlAdapter(address.path);
    return { adapter, close: () => adapter.closeClients() };
  }
  const adapter = new CataloguePgAdapter(address.url);
  return { adapter, close: () => adapter.closePools() };
}

/** The schema that the migrations lead to: one text, whose provider is replaced. */
export function readSchema(provider: Provider): string {
  const schema = readFileSync(join(findPackageRoot(), 'prisma', 'schema.prisma'), 'utf8');
  return schema.replace('provider = "sqlite"', `provider = "${provider}"`);
}

/** The migrations that ship with Treeline for this database, oldest first. */
export function readMigrations(provider: Provider): MigrationList {
  const baseDir = join(findPackageRoot(), 'prisma', 'migrations', provider);
  const lock = join(baseDir, 'migration_lock.toml');
  const folders = readdirSync(baseDir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return {
    baseDir,
    lockfile: { path: 'migration_lock.toml', content: existsSync(lock) ? readFileSync(lock, 'utf8') : null },
    shadowDbInitScript: '',
    migrationDirectories: folders
      .map((entry) => entry.name)
      .sort()
      .map((name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok' as const, value: readFileSync(join(baseDir, name, 'migration.sql'), 'utf8') },
        },
      })),
  };
}

let isLoaded = false;

/** The engine is WebAssembly, imported in a way that Node 20 can't: its module is loaded by hand. */
function loadEngine(): void {
  if (isLoaded) return;
  const require = createRequire(join(findPackageRoot(), 'package.json'));
  const file = join(dirname(require.resolve('@prisma/schema-engine-wasm')), 'schema_engine_bg.wasm');
  const wasmModule = new WebAssembly.Module(readFileSync(file));
  const instance = new WebAssembly.Instance(wasmModule, {
    './schema_engine_bg.js': engineModule as unknown as WebAssembly.ModuleImports,
  });
  engineModule.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  isLoaded = true;
}
