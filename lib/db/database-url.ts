import { AppError } from '../errors';

/** Where a database is, from its URL. */
export type DatabaseAddress =
  | { provider: 'sqlite'; path: string; name: string }
  | { provider: 'postgresql'; url: string; name: string };

export type Provider = DatabaseAddress['provider'];

/**
 * What `url` names: `file:` followed by an absolute path, or `postgres://user:password@host:port/database`.
 * `name` is what a person is shown: the path; host, port and database without user and password.
 *
 * @throws AppError `database-unavailable` that never holds the URL, since a password may stand in it
 */
export function parseDatabaseUrl(url: string): DatabaseAddress {
  const file = /^file:(?:\/\/)?(\/[^?#]+)$/.exec(url)?.[1];
  if (file) {
    const path = decodeURIComponent(file);
    return { provider: 'sqlite', path, name: path };
  }
  const parsed = /^postgres(ql)?:\/\//.test(url) && URL.canParse(url) ? new URL(url) : null;
  if (parsed && parsed.pathname.length > 1 && !parsed.pathname.slice(1).includes('/')) {
    const host = parsed.searchParams.get('host') ?? decodeURIComponent(parsed.hostname || 'localhost');
    const port = parsed.port || parsed.searchParams.get('port') || '5432';
    return { provider: 'postgresql', url, name: `${host}:${port}${decodeURIComponent(parsed.pathname)}` };
  }
  throw new AppError(
    'database-unavailable',
    'DATABASE_URL must be postgres://user:password@host:port/database, or file: followed by an absolute path',
  );
}

/** The URL of the SQLite file at the absolute path `path`. */
export function sqliteUrl(path: string): string {
  return `file:${encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23')}`;
}
