import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { applyMigrations } from '../migrate';
import { type PostgresServer, startPostgres } from './postgres-server';

/** Names the socket on which the process that runs the tests hands out its PostgreSQL server. */
const socketVariable = 'TREELINE_TEST_POSTGRES';
/** A migrated database that nobody is connected to: copying it is quicker than migrating another. */
export const templateDatabase = 'treeline_template';

/**
 * Vitest's global set-up: a PostgreSQL server for all test files of one run, started when the first of them asks for it,
 * stopped at the end.
 */
export async function setup(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'treeline-shared-'));
  const path = join(folder, 'postgres.sock');
  let server: Promise<PostgresServer> | null = null;
  const door = createServer({ allowHalfOpen: true }, (socket) => {
    server ??= startMigrated();
    void answer(socket, server);
  });
  await listen(door, path);
  process.env[socketVariable] = path;
  return async () => {
    door.close();
    await (await server?.catch(() => null))?.close();
    rmSync(folder, { recursive: true, force: true });
  };
}

/** Where the shared server's databases are: a URL with the database left out. */
export async function sharedPostgres(): Promise<(database: string) => string> {
  const path = process.env[socketVariable];
  if (!path) throw new Error('the tests are run by vitest with the configuration of this tree');
  const socket = connect(path);
  const said = JSON.parse(await text(socket)) as { url?: string; error?: string };
  if (said.url === undefined) throw new Error(`PostgreSQL could not be started: ${said.error}`);
  return (database) => `${said.url}${database}`;
}

async function startMigrated(): Promise<PostgresServer> {
  const server = await startPostgres();
  await server.query(`CREATE DATABASE ${templateDatabase}`);
  await applyMigrations(server.urlOf(templateDatabase));
  return server;
}

async function answer(socket: Socket, server: Promise<PostgresServer>): Promise<void> {
  socket.on('error', () => socket.destroy());
  const said = await server.then(
    (running) => ({ url: running.urlOf('') }),
    (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
  );
  socket.end(JSON.stringify(said));
}

async function listen(door: Server, path: string): Promise<void> {
  door.listen(path);
  await once(door, 'listening');
  door.unref();
}
