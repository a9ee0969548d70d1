import { type SystemActor, systemActor } from '../../auth/actor';
import { type Clock, systemClock } from '../../clock';
import { type Database, openDatabase } from '../../db/client';
import { sqliteUrl } from '../../db/database-url';
import { applyMigrations } from '../../db/migrate';
import { readEnv } from '../../env';
import type { Home } from '../../home';
import { createServiceContext, type ServiceContext } from '../../services/service-context';

/** Where the database of `home` is: as the environment says, else in the home. */
export function databaseUrlOf(home: Home): string {
  return readEnv().databaseUrl ?? sqliteUrl(home.databasePath);
}

/** Opens the database of `home`, brought up to date, for `work`. */
export async function withDatabase<T>(home: Home, work: (db: Database) => Promise<T>): Promise<T> {
  const url = databaseUrlOf(home);
  await applyMigrations(url);
  const db = openDatabase({ url });
  try {
    return await work(db);
  } finally {
    await db.$disconnect();
  }
}

/**
 * Runs `work` with what services need, acting as the command line: whoever has the home folder may
 * set things up, and the audit log says that it was done here.
 */
export async function withServices<T>(
  home: Home,
  work: (ctx: ServiceContext, actor: SystemActor) => Promise<T>,
  clock: Clock = systemClock,
): Promise<T> {
  return withDatabase(home, (db) =>
    work(createServiceContext({ home, db, clock, repoUrl: readEnv().repoUrl }), systemActor('command line')),
  );
}
