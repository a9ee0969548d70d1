import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { findFreePort } from '../../testing/free-port';

/** A PostgreSQL server in a folder of its own, on a free port of the loopback. */
export interface PostgresServer {
  port: number;
  /** The process that the server's others belong to. */
  readonly pid: number;
  /** The URL of one of its databases, as the superuser. */
  urlOf(database: string, user?: string): string;
  /** Runs statements in a database, as the superuser. */
  query(sql: string, database?: string): Promise<Record<string, unknown>[]>;
  /** All of its processes die at once, as in a power cut. */
  kill(): Promise<void>;
  /** Starts it again on the same folder and port. */
  restart(): Promise<void>;
  /** Stops it and removes its folder. */
  close(): Promise<void>;
}

/** Its password stands in every URL, so that tests can look for it where it must not be. */
export const postgresPassword = 'canary-Zm9yYmlkZGVu';

/**
 * Makes and starts a server. With `isDurable` it syncs to disk as in production; else it doesn't, which is quicker.
 * Texts are sorted as English sorts them, unlike in SQLite: nothing may depend on it.
 */
export async function startPostgres({ isDurable = false } = {}): Promise<PostgresServer> {
  const root = mkdtempSync(join(tmpdir(), 'treeline-postgres-'));
  const identity = ownerOf(root);
  const data = join(root, 'data');
  const port = await findFreePort();
  try {
    initialise(root, data, identity);
    let child = start(data, { port, root, isDurable, identity });
    await answers(port, child);
    const server: PostgresServer = {
      port,
      get pid() {
        return child.pid as number;
      },
      urlOf: (database, user = 'treeline') =>
        `postgres://${user}:${postgresPassword}@127.0.0.1:${port}/${database}`,
      query: (sql, database = 'postgres') => query(server.urlOf(database), sql),
      async kill() {
        await end(child, 'SIGKILL', data);
      },
      async restart() {
        child = start(data, { port, root, isDurable, identity });
        await answers(port, child);
      },
      async close() {
        if (child.exitCode === null && child.signalCode === null) await end(child, 'SIGQUIT', data);
        rmSync(root, { recursive: true, force: true });
      },
    };
    return server;
  } catch (error) {
    rmSync(root, { recursive: true, force: true });
    throw error;
  }
}

interface Identity {
  uid?: number;
  gid?: number;
}

/** `initdb` and `postgres` refuse to run as root: as root they run as the user that Debian's package makes. */
function ownerOf(root: string): Identity {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  const [uid, gid] = [id('-u'), id('-g')];
  chownSync(root, uid, gid);
  chmodSync(root, 0o700);
  return { uid, gid };
}

/** Debian keeps the programs of each version in a folder that is on nobody's PATH. */
function program(name: string): string {
  const versions = '/usr/lib/postgresql';
  const found = existsSync(versions)
    ? readdirSync(versions)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(versions, version, 'bin', name))
        .find((path) => existsSync(path))
    : undefined;
  return found ?? name;
}

function initialise(root: string, data: string, identity: Identity): void {
  mkdirSync(join(root, 'home'));
  execFileSync(
    '/bin/sh',
    [
      '-c',
      `printf %s ${postgresPassword} > "$2/password" && exec "$0" -D "$1" --username=treeline --pwfile="$2/password" \
       --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --locale-provider=icu --icu-locale=en --no-sync`,
      program('initdb'),
      data,
      root,
    ],
    { ...identity, cwd: root, stdio: ['ignore', 'ignore', 'pipe'] },
  );
}

function start(
  data: string,
  of: { port: number; root: string; isDurable: boolean; identity: Identity },
): ChildProcess {
  const settings = {
    port: of.port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: of.root,
    max_connections: 200,
    ...(!of.isDurable && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return spawn(program('postgres'), ['-D', data, ...flags], {
    ...of.identity,
    cwd: of.root,
    stdio: 'ignore',
  });
}

async function answers(port: number, child: ChildProcess): Promise<void> {
  const url = `postgres://treeline:${postgresPassword}@127.0.0.1:${port}/postgres`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`postgres ended with ${child.exitCode}`);
    try {
      await query(url, 'SELECT 1');
      return;
    } catch {
      // Not yet: it takes a moment, longer after a crash.
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function query(connectionString: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Ends the server and every process of it; those of a killed one would notice only when they next look. */
async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGQUIT', data: string): Promise<void> {
  const ended = once(child, 'exit');
  if (signal === 'SIGKILL') for (const pid of childrenOf(child.pid as number)) tryKill(pid);
  child.kill(signal);
  await ended;
  rmSync(join(data, 'postmaster.pid'), { force: true });
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // Ended by itself meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
