import { AppError, type AppErrorOptions, isAppError } from '../errors';

/** What the driver said, as Prisma hands it on: itself, or in the `meta` of an error of its own. */
interface DriverError {
  kind: string;
  /** SQLite's, with what it adds in its higher bits. */
  extendedCode?: number;
  originalCode?: string;
  originalMessage?: string;
  reason?: string;
}

/**
 * An error of the database client as a person is told it: where the database can't be used at all it becomes an AppError
 * `database-unavailable` of one line, without user or password. Any other error is returned as it is.
 *
 * @param name what the database is called in messages
 */
export function asDatabaseError(error: unknown, name: string): unknown {
  if (isAppError(error)) return error;
  const text = sentenceFor(error, name);
  if (text === null) return error;
  const options: AppErrorOptions = { details: { database: name }, cause: error };
  return new AppError('database-unavailable', text, options);
}

/** Whether the database undid a transaction since another was in its way: it may be done again as it is. */
export function isConflict(error: unknown): boolean {
  const thrown = isAppError(error, 'database-unavailable') ? error.cause : error;
  return driverErrorOf(thrown)?.kind === 'TransactionWriteConflict' || codeOf(thrown) === 'P2034';
}

function sentenceFor(error: unknown, name: string): string | null {
  const driver = driverErrorOf(error);
  if (driver?.originalCode === '42501') {
    return `the database ${name} refuses: ${driver.originalMessage ?? 'permission denied'}; docs/postgresql.md says what each process needs`;
  }
  switch (driver?.kind) {
    case 'DatabaseNotReachable':
      return `the database ${name} can't be reached; is it running?`;
    case 'ConnectionClosed':
      return `the database ${name} does not answer; try again when it does`;
    case 'TooManyConnections':
      return `the database ${name} takes no more connections; try again`;
    case 'AuthenticationFailed':
    case 'DatabaseAccessDenied':
      return `the database ${name} refuses the user or the password; check DATABASE_URL`;
    case 'DatabaseDoesNotExist':
      return `there is no database ${name}; create it first`;
    case 'TlsConnectionError':
      return `no encrypted connection to the database ${name}: ${driver.reason ?? 'TLS failed'}`;
    case 'TableDoesNotExist':
    case 'ColumnNotFound':
      return `the database ${name} is not up to date; run treeline migrate`;
    case 'SocketTimeout':
    case 'TransactionWriteConflict':
      return 'the database is busy; try again';
  }
  if (isOf(error, driver, { sqlite: [11, 26], names: /^SQLITE_(CORRUPT|NOTADB)/, postgres: /^XX00[12]$/ })) {
    return `the database ${name} is damaged; restore it from a backup`;
  }
  if (isOf(error, driver, { sqlite: [13], names: /^SQLITE_FULL/, postgres: /^53100$/ })) {
    return `there is no space left for the database ${name}`;
  }
  if (isOf(error, driver, { sqlite: [5, 6], names: /^SQLITE_(BUSY|LOCKED)/, postgres: /^55P03$/ })) {
    return 'the database is busy; try again';
  }
  return ['P1008', 'P2024', 'P2028', 'P2034'].includes(codeOf(error) ?? '')
    ? 'the database is busy; try again'
    : null;
}

/** Whether it is one of these: by SQLite's number or name, or by PostgreSQL's SQLSTATE. */
function isOf(
  error: unknown,
  driver: DriverError | null,
  wanted: { sqlite: readonly number[]; names: RegExp; postgres: RegExp },
): boolean {
  if (driver?.kind === 'sqlite') return wanted.sqlite.includes((driver.extendedCode ?? 0) & 0xff);
  if (driver?.kind === 'postgres') return wanted.postgres.test(driver.originalCode ?? '');
  return wanted.names.test(codeOf(error) ?? '');
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function driverErrorOf(error: unknown): DriverError | null {
  if (!(error instanceof Error)) return null;
  const meta = 'meta' in error ? (error.meta as { driverAdapterError?: unknown } | undefined) : undefined;
  const thrown = error.name === 'DriverAdapterError' ? error : meta?.driverAdapterError;
  const cause = thrown instanceof Error ? (thrown.cause as Partial<DriverError> | undefined) : undefined;
  return typeof cause?.kind === 'string' ? (cause as DriverError) : null;
}
