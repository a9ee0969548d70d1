import { PrismaPg } from '@prisma/adapter-pg';
import {
  DriverAdapterError,
  type IsolationLevel,
  isDriverAdapterError,
  type SqlQueryable,
  type Transaction,
} from '@prisma/driver-adapter-utils';
import { DatabaseError, type PoolClient, type QueryResult } from 'pg';

export interface PostgresAdapterOptions {
  /** Each connection refuses to write. */
  isReadOnly?: boolean;
  /** 10 by default. */
  connectionsMax?: number;
  /** How long the server may leave one query unanswered. */
  queryTimeoutMilliseconds?: number;
}

/** How long a connection may take to be made, or to become free. */
const connectTimeoutMilliseconds = 5_000;

type Connected = Awaited<ReturnType<PrismaPg['connect']>>;

/**
 * Prisma's adapter for `pg`, whose connections are set as Treeline needs them, and whose errors say what they are: `pg`
 * throws plain errors where a connection is lost or nothing answers.
 */
export class CheckedPgAdapter extends PrismaPg {
  readonly #connected: Connected[] = [];

  constructor(url: string, options: PostgresAdapterOptions = {}) {
    super({
      connectionString: withSettings(url, options.isReadOnly ?? false),
      application_name: 'treeline',
      max: options.connectionsMax ?? 10,
      connectionTimeoutMillis: connectTimeoutMilliseconds,
      query_timeout: options.queryTimeoutMilliseconds ?? 20_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    });
  }

  override async connect(): Promise<Connected> {
    const adapter = await super.connect();
    this.#connected.push(adapter);
    guard(adapter, () => undefined);
    const startTransaction = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (level?: IsolationLevel): Promise<Transaction> => {
      const tx = await named(() => startTransaction(level));
      guard(tx, () => destroyConnectionOf(tx));
      return tx;
    };
    adapter.executeScript = (script) => executeScript(adapter, script);
    return adapter;
  }

  /** Closes what `connect` made, for a user of the adapter that doesn't dispose of its connections. */
  async closePools(): Promise<void> {
    for (const adapter of this.#connected.splice(0)) await adapter.dispose();
  }
}

/** PostgreSQL's internal "char" and its text, by type number. */
const [charType, textType] = [18, 25];

/** For the schema engine, which reads the catalogue: its columns of type "char" are ones that Prisma's adapter refuses. */
export class CataloguePgAdapter extends CheckedPgAdapter {
  constructor(url: string) {
    super(url, { connectionsMax: 1, queryTimeoutMilliseconds: 600_000 });
  }

  override async connect(): Promise<Connected> {
    const adapter = await super.connect();
    const pool = adapter.underlyingDriver();
    const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<QueryResult | QueryResult[]>;
    const queryCatalogue = async (...args: unknown[]) => {
      const results = await query(...args);
      for (const field of [results].flat().flatMap((result) => result.fields)) {
        if (field.dataTypeID === charType) field.dataTypeID = textType;
      }
      return results;
    };
    Object.assign(pool, { query: queryCatalogue });
    return adapter;
  }
}

/**
 * The settings of a session, in the URL since its own `options` would win over those of the pool. What a transaction
 * reads after it has waited for the write lock must be what is committed by then: that is READ COMMITTED.
 */
function withSettings(url: string, isReadOnly: boolean): string {
  const parsed = new URL(url);
  const options = [
    parsed.searchParams.get('options') ?? '',
    '-c default_transaction_isolation=read\\ committed',
  ];
  if (isReadOnly) options.push('-c default_transaction_read_only=on');
  parsed.searchParams.set('options', options.join(' ').trim());
  // URLSearchParams writes a space as +, which a connection string takes for a plus.
  return parsed.href.replaceAll('+', '%20');
}

/** Makes every error of `queryable` one that says its kind; `onLost` is told where the connection is of no more use. */
function guard(queryable: SqlQueryable, onLost: () => void): void {
  for (const name of ['queryRaw', 'executeRaw'] as const) {
    const work = queryable[name].bind(queryable) as (
      query: Parameters<SqlQueryable['queryRaw']>[0],
    ) => unknown;
    Object.assign(queryable, {
      [name]: (query: Parameters<SqlQueryable['queryRaw']>[0]) => named(async () => work(query), onLost),
    });
  }
}

async function named<T>(work: () => Promise<T>, onLost: () => void = () => undefined): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const kind = isDriverAdapterError(error) ? kindOfServerError(error) : 'ConnectionClosed';
    if (kind === 'ConnectionClosed') onLost();
    if (kind === null) throw error;
    const { originalCode } = error.cause instanceof Object ? (error.cause as { originalCode?: string }) : {};
    throw new DriverAdapterError({
      kind,
      originalMessage: error.message,
      ...(originalCode && { originalCode }),
    });
  }
}

/** What Prisma's adapter leaves unnamed. The classes are those of PostgreSQL's appendix A. */
function kindOfServerError({ cause }: DriverAdapterError): 'ConnectionClosed' | 'SocketTimeout' | null {
  if (cause.kind === 'ConnectionClosed') return cause.kind;
  if (cause.kind !== 'postgres') return null;
  const { code } = cause;
  // 55P03: a lock was not to be had in time. 57014: the server cancelled a statement that took too long.
  if (code === '55P03' || code === '57014') return 'SocketTimeout';
  // 08: connection exceptions. 57P: shutting down, starting up. 25P03: idle in a transaction for too long.
  return /^(08|57P|25P03)/.test(code) ? 'ConnectionClosed' : null;
}

/** A connection that did not answer must not get back to the pool, where the next query would wait behind this one. */
function destroyConnectionOf(tx: Transaction): void {
  const { client } = tx as unknown as {
    client: PoolClient & { connection?: { stream: { destroy(): void } } };
  };
  client.connection?.stream.destroy();
}

/**
 * A script in one message, which the server runs in one transaction. Prisma's own splits it at every semicolon, those
 * inside of a function's body too.
 */
async function executeScript(adapter: Connected, script: string): Promise<void> {
  await named(async () => {
    try {
      await adapter.underlyingDriver().query(script);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      const { code = 'N/A', severity = 'N/A', message, detail, column, hint } = error;
      const cause = { kind: 'postgres' as const, code, severity, message, detail, column, hint };
      throw new DriverAdapterError({ ...cause, originalCode: code, originalMessage: message });
    }
  });
}
