import { afterAll, beforeAll, expect, test } from 'vitest';
import { isAppError } from '../errors';
import { type Database, inTransaction, openDatabase } from './client';
import { parseDatabaseUrl } from './database-url';
import { type FreshDatabase, makeFreshDatabase, makePlace } from './testing/fresh-database';
import { postgresPassword } from './testing/postgres-server';

let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await makeFreshDatabase('postgresql');
});
afterAll(() => fresh.close());

/** What `work` throws: one line, and nothing of it holds the password. */
async function refusalOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!isAppError(error, 'database-unavailable')) throw error ?? new Error('nothing was thrown');
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    expect(`${cause.message} ${cause.stack} ${JSON.stringify(cause)}`).not.toContain(postgresPassword);
  }
  expect(error.message).not.toContain('\n');
  return error.message;
}

async function refusalAt(change: (url: URL) => void): Promise<string> {
  const url = new URL(fresh.url);
  change(url);
  const db = openDatabase({ url: url.href });
  const read = await refusalOf(db.setting.count());
  expect(await refusalOf(inTransaction(db, (tx) => tx.setting.count()))).toBe(read);
  await db.$disconnect();
  return read;
}

async function show(db: Pick<Database, '$queryRawUnsafe'>, name: string): Promise<unknown> {
  const [row] = (await db.$queryRawUnsafe(`SHOW ${name}`)) as Record<string, unknown>[];
  return Object.values(row ?? {})[0];
}

test('a database that can’t be used says in one line why, by its name', async () => {
  const name = parseDatabaseUrl(fresh.url).name;
  expect(
    await refusalAt((url) => {
      url.port = '1';
    }),
  ).toMatch(/^the database 127\.0\.0\.1:1\/test_\w+ can't be reached/);
  expect(
    await refusalAt((url) => {
      url.pathname = '/nowhere';
    }),
  ).toMatch(/^there is no database .*\/nowhere; create it first$/);
  expect(
    await refusalAt((url) => {
      url.username = 'nobody';
    }),
  ).toBe(`the database ${name} refuses the user or the password; check DATABASE_URL`);
  expect(
    await refusalAt((url) => {
      url.searchParams.set('sslmode', 'verify-full');
    }),
  ).toMatch(/^no encrypted connection/);
});

test('a database without tables says to migrate it', async () => {
  const place = await makePlace('postgresql', { isMigrated: false });
  const db = openDatabase({ url: place.url });
  expect(await refusalOf(db.setting.count())).toMatch(/is not up to date; run treeline migrate$/);
  await db.$disconnect();
  await place.close();
});

test('an address that is none is refused without being shown', () => {
  for (const url of [
    'mysql://u:hush@h/d',
    'postgres://u:hush@h',
    'postgres://u:hush@h:no/d',
    'file:relative.db',
    'hush',
  ]) {
    expect(() => parseDatabaseUrl(url)).toThrow(/^DATABASE_URL must be postgres:/);
  }
  expect(parseDatabaseUrl('postgresql://u:p@db.example.com/treeline').name).toBe(
    'db.example.com:5432/treeline',
  );
  expect(parseDatabaseUrl('postgres:///treeline?host=/run/postgresql').name).toBe(
    '/run/postgresql:5432/treeline',
  );
});

test('sessions are set as transactions need them, beside what the address asks for', async () => {
  const url = new URL(fresh.url);
  url.searchParams.set('options', '-c default_transaction_isolation=serializable -c statement_timeout=33000');
  const db = openDatabase({ url: url.href });
  expect(await show(db, 'transaction_isolation')).toBe('read committed');
  expect(await show(db, 'statement_timeout')).toBe('33s');
  await inTransaction(db, async (tx) => {
    expect(await show(tx, 'transaction_isolation')).toBe('read committed');
    // The server of these tests has it off.
    expect(await show(tx, 'synchronous_commit')).toBe('on');
    expect(await show(tx, 'lock_timeout')).toBe('5s');
    expect(await show(tx, 'idle_in_transaction_session_timeout')).toBe('10s');
  });
  expect(await show(db, 'lock_timeout')).toBe('0');
  await db.$disconnect();
});

test('a connection that is lost in the middle is an error, undoes all, and is replaced', async () => {
  const other = openDatabase({ url: fresh.url });
  const lost = inTransaction(fresh.db, async (tx) => {
    await tx.setting.create({ data: { key: 'undone', value: '' } });
    const [row] = (await tx.$queryRawUnsafe('SELECT pg_backend_pid() AS pid')) as { pid: number }[];
    await other.$queryRawUnsafe(`SELECT pg_terminate_backend(${row?.pid})`);
    await tx.setting.count();
  });
  expect(await refusalOf(lost)).toMatch(/does not answer/);
  expect(await inTransaction(fresh.db, (tx) => tx.setting.count({ where: { key: 'undone' } }))).toBe(0);
  await other.$disconnect();
});

test('a server that takes a query and never answers is waited for only so long', async () => {
  const db = openDatabase({ url: fresh.url, queryTimeoutMilliseconds: 1000 });
  const hung: number[] = [];
  try {
    const stuck = inTransaction(db, async (tx) => {
      const [row] = (await tx.$queryRawUnsafe('SELECT pg_backend_pid() AS pid')) as { pid: number }[];
      hung.push(Number(row?.pid));
      process.kill(Number(row?.pid), 'SIGSTOP');
      await tx.setting.count();
    });
    expect(await refusalOf(stuck)).toMatch(/does not answer/);
    // It gets another connection, and not the one that hangs.
    expect(await db.setting.count()).toBeGreaterThanOrEqual(0);
  } finally {
    for (const pid of hung) process.kill(pid, 'SIGCONT');
    await db.$disconnect();
  }
});

function gate(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

test('a transaction that the server undoes for a deadlock is done again', async () => {
  await fresh.db.setting.createMany({
    data: [
      { key: 'one', value: '0' },
      { key: 'two', value: '0' },
    ],
  });
  const other = openDatabase({ url: fresh.url });
  const set = (key: string, value: string) => ({ where: { key }, data: { value } });
  let tries = 0;
  const [hasOne, hasTwo] = [gate(), gate()];
  // Takes no write lock, locks rows in the other order, and is more patient than whoever looks for deadlocks.
  const careless = other.$transaction(async (tx) => {
    await tx.$executeRawUnsafe(`SET LOCAL deadlock_timeout = '30s'`);
    await tx.setting.update(set('two', 'careless'));
    hasTwo.open();
    await hasOne.opened;
    await tx.setting.update(set('one', 'careless'));
  });
  await hasTwo.opened;
  await inTransaction(fresh.db, async (tx) => {
    tries += 1;
    await tx.setting.update(set('one', `try ${tries}`));
    hasOne.open();
    await tx.setting.update(set('two', `try ${tries}`));
  });
  await careless;
  expect(tries).toBe(2);
  expect(await fresh.db.setting.findMany({ where: { key: { in: ['one', 'two'] } } })).toEqual(
    expect.arrayContaining([
      { key: 'one', value: 'try 2' },
      { key: 'two', value: 'try 2' },
    ]),
  );
  await other.$disconnect();
});
