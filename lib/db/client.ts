import { AsyncLocalStorage } from 'node:async_hooks';
import { closeSync, existsSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { AppError, errnoOf } from '../errors';
import { processWide } from '../process-wide';
import { asDatabaseError, isConflict } from './database-error';
import { type DatabaseAddress, parseDatabaseUrl } from './database-url';
import { Prisma, PrismaClient } from './generated/client';
import { PrismaClient as PostgresPrismaClient } from './generated/postgresql/client';
import { noteOperation } from './kept-answers';
import { CheckedLibSqlAdapter } from './libsql-adapter';
import { CheckedPgAdapter, type PostgresAdapterOptions } from './postgres-adapter';

/** The open database: Prisma's client, which only this folder makes. */
export type Database = PrismaClient;
/** What a function inside `inTransaction` is given. */
export type Transaction = Prisma.TransactionClient;
/** Either: for functions that only read. */
export type Reader = Database | Transaction;

export interface OpenDatabaseOptions extends Pick<PostgresAdapterOptions, 'queryTimeoutMilliseconds'> {
  /** As `parseDatabaseUrl` takes it. */
  url: string;
  /** Every connection refuses to write (SQLite: PRAGMA query_only, and the file must exist). */
  isReadOnly?: boolean;
}

/**
 * Prisma compiles queries by WebAssembly. V8 would spend a second core on optimising that code in each process that starts,
 * for longer than most commands run: only what runs for many times as long as usual is worth it.
 */
setFlagsFromString('--wasm-tiering-budget=30000000');

const addresses = processWide('database-addresses', () => new WeakMap<Database, DatabaseAddress>());
/** Whether what runs now is the work of a transaction. */
const insideTransaction = processWide('inside-transaction', () => new AsyncLocalStorage<true>());
const transactionOptions = { maxWait: 15_000, timeout: 15_000 };

/**
 * Opens the database. On SQLite each connection has WAL, synchronous=FULL, foreign_keys and a busy timeout, checked as it
 * is opened; a new database file is readable by its owner only. PostgreSQL is connected to by the first query.
 *
 * Where the database can't be used, queries throw AppError `database-unavailable`.
 *
 * @throws AppError `database-unavailable` where it can't be opened
 */
export function openDatabase(options: OpenDatabaseOptions): Database {
  const address = parseDatabaseUrl(options.url);
  const opened =
    address.provider === 'sqlite' ? openSqlite(address, options) : openPostgres(address, options);
  const db: Database = opened.$extends({
    query: {
      async $allOperations({ model, operation, args, query }) {
        try {
          const answer: unknown = await query(args);
          if (!insideTransaction.getStore()) noteOperation(db, model, operation);
          return answer;
        } catch (error) {
          throw asDatabaseError(error, address.name);
        }
      },
    },
  }) as unknown as Database;
  addresses.set(db, address);
  return db;
}

function openSqlite({ path }: { path: string }, { isReadOnly = false }: OpenDatabaseOptions): PrismaClient {
  try {
    if (isReadOnly && !existsSync(path)) throw new Error('the file does not exist');
    if (!isReadOnly) createDatabaseFile(path);
  } catch (cause) {
    throw new AppError('database-unavailable', `cannot open the database ${path}; run treeline init`, {
      details: { path },
      cause,
    });
  }
  const adapter = new CheckedLibSqlAdapter(path, isReadOnly);
  return new PrismaClient({ adapter, transactionOptions, errorFormat: 'minimal' });
}

/** Both clients are made from one schema: alike at run time, and told apart by types alone. */
function openPostgres({ url }: { url: string }, options: OpenDatabaseOptions): PrismaClient {
  const adapter = new CheckedPgAdapter(url, options);
  const client = new PostgresPrismaClient({ adapter, transactionOptions, errorFormat: 'minimal' });
  return client as unknown as PrismaClient;
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

/** How often a transaction is done again that the database undid since another was in its way. */
const conflictRetriesMax = 5;

/**
 * Runs `work` in one transaction that holds the write lock from its start, so that what it reads stays true until it
 * commits. No file work and no network in `work`: the lock stops every other writer. Inside, use only `tx`: a query on
 * `db` would wait for this very transaction. `work` may be called again: what it did was undone then.
 *
 * @throws AppError `database-unavailable` where the lock was not to be had in time, or the database is away
 */
export async function inTransaction<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const address = addresses.get(db);
  for (let retries = 0; ; retries += 1) {
    try {
      return await db.$transaction(async (tx) => {
        if (address?.provider === 'postgresql') await takeWriteLock(tx);
        return insideTransaction.run(true, () => work(tx));
      });
    } catch (error) {
      if (isConflict(error) && retries < conflictRetriesMax) await sleep(Math.random() * 50 * 2 ** retries);
      else throw asDatabaseError(error, address?.name ?? 'in use');
    }
  }
}

/**
 * What BEGIN IMMEDIATE does on SQLite: one writer at a time. The lock is PostgreSQL's own, ends with the transaction, and is
 * waited for with the first statement; at READ COMMITTED each statement after it sees all that was committed before.
 * A process that was stopped in the middle loses its transaction, and with it the lock, to the idle timeout.
 */
async function takeWriteLock(tx: Transaction): Promise<void> {
  await tx.$executeRaw`SELECT
    set_config('lock_timeout', '5s', true),
    set_config('idle_in_transaction_session_timeout', '10s', true),
    set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
      ELSE current_setting('synchronous_commit') END, true),
    pg_advisory_xact_lock(1414677829, 1279872581)`;
}

/** Whether `error` is a refused duplicate of a unique key. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}
