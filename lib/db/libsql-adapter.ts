import {
  type Client,
  type Config,
  ConnectionPool,
  Sqlite3Client,
  type Transaction,
} from '@libsql/client/sqlite3';
import { PrismaLibSql } from '@prisma/adapter-libsql';
import { ResultCache } from '../result-cache';

/** What a connection must answer before anything runs on it. */
export const requiredPragmas = {
  foreign_keys: 1,
  /** FULL: in WAL mode NORMAL may lose an acknowledged commit at a power cut. */
  synchronous: 2,
  busy_timeout: 5000,
} as const;

type Connection = ReturnType<ConnectionPool['acquireSync']>;

/**
 * A pool whose every connection has Treeline's pragmas. libsql opens connections whenever it needs one
 * (after a transaction, after a failed rollback), and SQLite's pragmas belong to the connection, so
 * they are set where connections are made and nowhere else.
 */
class CheckedConnectionPool extends ConnectionPool {
  readonly #checked = new WeakSet<Connection>();
  readonly #spoiled = new WeakSet<Connection>();
  readonly #isReadOnly: boolean;

  constructor(path: string, connectionsMax: number, isReadOnly: boolean) {
    super(path, {}, connectionsMax);
    this.#isReadOnly = isReadOnly;
  }

  override acquireSync(forTransaction = false): Connection {
    const connection = super.acquireSync(forTransaction);
    if (this.#checked.has(connection)) return connection;
    try {
      prepareConnection(connection, this.#isReadOnly);
    } catch (error) {
      connection.close();
      super.release(connection);
      throw error;
    }
    keepStatements(connection, () => this.#spoiled.add(connection));
    this.#checked.add(connection);
    return connection;
  }

  override release(connection: Connection): void {
    if (this.#spoiled.has(connection) && connection.open) connection.close();
    super.release(connection);
  }
}

type Statement = ReturnType<Connection['prepare']>;

/** Statements that a connection keeps prepared. */
const PREPARED_MAX = 300;
/** All columns of a table, which stay those that there were when the statement was prepared. `count(*)` is none. */
const ANY_COLUMNS = /\*(?!\))/;

/**
 * Keeps the statements of a connection prepared, and tells when one fails. To prepare one and ask for its columns, as
 * libsql does each time and twice, takes as long as to carry it out.
 *
 * libsql leaves a statement that found the database busy unfinished (SQLite could take it up again), and cannot be told to
 * give it up. As long as it lives no transaction on its connection commits, and a write outside of one is acknowledged and not
 * committed: such a connection is used no more.
 */
function keepStatements(connection: Connection, onError: () => void): void {
  const prepare = connection.prepare.bind(connection);
  const kept = new ResultCache(PREPARED_MAX);
  connection.prepare = ((sql: string) => {
    const before = kept.get<Statement>(sql);
    if (before !== undefined) return before;
    const statement = watchForErrors(askColumnsOnce(prepare(sql)), onError);
    if (!ANY_COLUMNS.test(sql)) kept.set(sql, statement);
    return statement;
  }) as typeof connection.prepare;
}

function watchForErrors(statement: Statement, onError: () => void): Statement {
  for (const name of ['run', 'all', 'get'] as const) {
    const work = statement[name].bind(statement) as (...args: unknown[]) => unknown;
    const watched = (...args: unknown[]) => {
      try {
        return work(...args);
      } catch (error) {
        onError();
        throw error;
      }
    };
    Object.assign(statement, { [name]: watched });
  }
  return statement;
}

function askColumnsOnce(statement: Statement): Statement {
  const ask = statement.columns.bind(statement);
  let columns: ReturnType<typeof ask> | null = null;
  statement.columns = () => {
    columns ??= ask();
    return columns;
  };
  return statement;
}

function prepareConnection(connection: Connection, isReadOnly: boolean): void {
  // busy_timeout first: switching the journal mode may have to wait for another process.
  connection.exec('PRAGMA busy_timeout = 5000');
  if (!isReadOnly) connection.exec('PRAGMA journal_mode = WAL');
  connection.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
  if (isReadOnly) connection.exec('PRAGMA query_only = ON');
  for (const [name, wanted] of Object.entries(requiredPragmas)) {
    const got = Object.values(connection.prepare(`PRAGMA ${name}`).get() as Record<string, unknown>)[0];
    if (Number(got) !== wanted) throw new Error(`SQLite did not take PRAGMA ${name} = ${wanted} (is ${got})`);
  }
  const mode = Object.values(connection.prepare('PRAGMA journal_mode').get() as Record<string, unknown>)[0];
  if (mode !== 'wal') throw new Error(`SQLite did not take PRAGMA journal_mode = WAL (is ${mode})`);
}

/**
 * Begins each read-write transaction with BEGIN IMMEDIATE. Prisma's adapter asks for a deferred one,
 * in which a read followed by a write fails with SQLITE_BUSY_SNAPSHOT when another process wrote
 * in between, however long the busy timeout is.
 */
class ImmediateClient extends Sqlite3Client {
  readonly #isReadOnly: boolean;

  constructor(pool: ConnectionPool, intMode: 'number' | 'bigint' | 'string', isReadOnly: boolean) {
    super(pool, intMode);
    this.#isReadOnly = isReadOnly;
  }

  override transaction(): Promise<Transaction> {
    return super.transaction(this.#isReadOnly ? 'deferred' : 'write');
  }
}

/** Prisma's libsql adapter over connections that are checked when they are opened. */
export class CheckedLibSqlAdapter extends PrismaLibSql {
  readonly #path: string;
  readonly #isReadOnly: boolean;
  readonly #clients: Client[] = [];

  /** `path` is the absolute path of the SQLite file. */
  constructor(path: string, isReadOnly = false) {
    super({ url: 'file:' });
    this.#path = path;
    this.#isReadOnly = isReadOnly;
  }

  override createClient(config: Config): Client {
    // The schema engine's shadow database: in memory, thrown away.
    if (config.url === ':memory:') return super.createClient(config);
    const pool = new CheckedConnectionPool(this.#path, 4, this.#isReadOnly);
    pool.release(pool.acquireSync());
    const client = new ImmediateClient(pool, 'number', this.#isReadOnly);
    this.#clients.push(client);
    return client;
  }

  /** Closes what `createClient` made, for a user of the adapter that doesn't dispose of its connections. */
  closeClients(): void {
    for (const client of this.#clients.splice(0)) client.close();
  }
}

/**
 * Takes the exclusive lock of the SQLite file at `path`, which holds nothing. SQLite's own wait would keep the whole
 * process still, and one that was refused is of no more use: each try has a connection of its own.
 *
 * @returns what drops the lock; null where another process has it
 */
export function tryLockFile(path: string): (() => void) | null {
  const connection = new ConnectionPool(path, {}, 1).acquireSync();
  try {
    connection.exec('PRAGMA busy_timeout = 0');
    connection.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    connection.close();
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) return null;
    throw error;
  }
  return () => connection.close();
}
