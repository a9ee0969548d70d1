import { closeSync, existsSync, openSync } from 'node:fs';
import { AppError, errnoOf } from '../errors';
import { Prisma, PrismaClient } from './generated/client';
import { CheckedLibSqlAdapter } from './libsql-adapter';

/** The open database: Prisma's client, which only this folder makes. */
export type Database = PrismaClient;
/** What a function inside `inTransaction` is given. */
export type Transaction = Prisma.TransactionClient;
/** Either: for functions that only read. */
export type Reader = Database | Transaction;

export interface OpenDatabaseOptions {
  /** `file:` followed by an absolute path. */
  url: string;
  /** Every connection refuses to write (PRAGMA query_only). The file must exist. */
  isReadOnly?: boolean;
}

/**
 * Opens the database. Each connection has WAL, synchronous=FULL, foreign_keys and a busy timeout, checked
 * as it is opened. A new database file is readable by its owner only.
 *
 * @throws AppError `database-unavailable` where it can't be opened
 */
export function openDatabase({ url, isReadOnly = false }: OpenDatabaseOptions): Database {
  const path = sqlitePath(url);
  try {
    if (isReadOnly && !existsSync(path)) throw new Error('the file does not exist');
    if (!isReadOnly) createDatabaseFile(path);
  } catch (cause) {
    throw new AppError('database-unavailable', `cannot open the database ${path}; run treeline init`, {
      details: { path },
      cause,
    });
  }
  return new PrismaClient({
    adapter: new CheckedLibSqlAdapter(path, isReadOnly),
    transactionOptions: { maxWait: 15_000, timeout: 15_000 },
    errorFormat: 'minimal',
  });
}

/**
 * Makes an empty database file that only its owner can read: SQLite would make it readable to every user.
 * A file that is there is never opened. Closing any descriptor on it would drop the locks that SQLite holds on it
 * in this process (fcntl(2)); another process would then take itself for the last user and delete the WAL.
 */
export function createDatabaseFile(path: string): void {
  try {
    closeSync(openSync(path, 'ax', 0o600));
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
}

/** The file that `url` names. PostgreSQL addresses are refused by name until there are migrations for them. */
export function sqlitePath(url: string): string {
  const match = /^file:(?:\/\/)?(\/[^?#]+)$/.exec(url);
  if (match?.[1]) return decodeURIComponent(match[1]);
  throw new AppError('database-unavailable', 'DATABASE_URL must be file: followed by an absolute path');
}

/** The URL of the SQLite file at the absolute path `path`. */
export function sqliteUrl(path: string): string {
  return `file:${encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23')}`;
}

/**
 * Runs `work` in one transaction that holds the write lock from its start, so that what it reads
 * stays true until it commits. No file work and no network in `work`: the lock stops every other writer.
 * Inside, use only `tx`: a query on `db` would wait for this very transaction.
 */
export async function inTransaction<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  try {
    return await db.$transaction(work);
  } catch (error) {
    if (isBusy(error)) {
      throw new AppError('database-unavailable', 'the database is busy; try again', { cause: error });
    }
    throw error;
  }
}

/** Whether `error` says that the database could not be locked in time. */
function isBusy(error: unknown): boolean {
  return (
    error instanceof Prisma.PrismaClientKnownRequestError && ['P1008', 'P2024', 'P2028'].includes(error.code)
  );
}

/** Whether `error` is a refused duplicate of a unique key. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}
