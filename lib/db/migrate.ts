import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import * as engineModule from '@prisma/schema-engine-wasm/schema_engine_bg';
import { AppError } from '../errors';
import { findPackageRoot } from '../package-root';
import { createDatabaseFile, sqlitePath } from './client';
import { CheckedLibSqlAdapter } from './libsql-adapter';

type MigrationList = Parameters<SchemaEngine['applyMigrations']>[0]['migrationsList'];
const noFilters = { externalTables: [], externalEnums: [] };

/**
 * Brings the database at `url` up to date with `prisma/migrations/sqlite`, by Prisma's own schema engine in
 * process: it keeps `_prisma_migrations`, and refuses a history that was edited or has failed.
 *
 * @returns the names of the migrations that were applied now
 * @throws AppError `database-unavailable` with the engine's message
 */
export async function applyMigrations(url: string): Promise<string[]> {
  const path = sqlitePath(url);
  try {
    createDatabaseFile(path);
    return await withSchemaEngine(path, async (engine) => {
      const { appliedMigrationNames } = await engine.applyMigrations({
        migrationsList: readMigrations(),
        filters: noFilters,
      });
      return appliedMigrationNames;
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replace(/\s+/g, ' ').trim() : String(cause);
    throw new AppError('database-unavailable', `cannot migrate the database ${path}: ${why}`, {
      details: { path },
      cause,
    });
  }
}

/** Runs `work` with Prisma's schema engine connected to the SQLite file at `path`. */
export async function withSchemaEngine<T>(
  path: string,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  loadEngine();
  const adapter = new CheckedLibSqlAdapter(path);
  const schema = readFileSync(schemaPath(), 'utf8');
  const engine = await engineModule.SchemaEngine.new(
    { datamodels: [['schema.prisma', schema]] },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(adapter),
  );
  try {
    return await work(engine);
  } finally {
    engine.free();
    // The engine leaves its connections open, and with them its locks.
    adapter.closeClients();
  }
}

/** The schema that the migrations lead to. */
export function schemaPath(): string {
  return join(findPackageRoot(), 'prisma', 'schema.prisma');
}

/** The SQLite migrations that ship with Treeline, oldest first. */
export function readMigrations(): MigrationList {
  const baseDir = join(findPackageRoot(), 'prisma', 'migrations', 'sqlite');
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
