import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase, sqliteUrl } from '../client';
import { applyMigrations } from '../migrate';

/** A migrated database on a file of its own. */
export interface FreshDatabase {
  path: string;
  url: string;
  db: Database;
  close(): Promise<void>;
}

export async function makeFreshDatabase(): Promise<FreshDatabase> {
  const root = mkdtempSync(join(tmpdir(), 'treeline-db-'));
  const path = join(root, 'test.db');
  const url = sqliteUrl(path);
  await applyMigrations(url);
  const db = openDatabase({ url });
  return {
    path,
    url,
    db,
    async close() {
      await db.$disconnect();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
