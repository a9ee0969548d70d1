import cluster from 'node:cluster';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readEnv } from '../../env';
import { AppError } from '../../errors';
import { readSessionSecret } from '../../home';
import { createLogger } from '../../logger';
import { findPackageRoot } from '../../package-root';
import { type HomeOptions, openChosenHome } from './home-option';
import { withDatabase } from './open-services';
import { onSupervisorGone, SUPERVISED, signalToEnd } from './process-signals';
import { servePages } from './serve-pages';
import { superviseProcesses } from './supervise';

export interface WebOptions extends HomeOptions {
  host: string;
  port: number;
  /** How many share the port. */
  processes: number;
  dev?: true;
}

/**
 * `treeline web`: serves the pages and the API, or starts several processes that do, so that a page that takes long holds up
 * nobody else. The secret is read here, from the home, so that it stands on no command line.
 *
 * @throws AppError `usage` where the pages were never built; a system error where it can't listen
 */
export async function runWeb(options: WebOptions): Promise<void> {
  const home = openChosenHome(options);
  const root = findPackageRoot();
  if (!options.dev && !existsSync(join(root, '.next', 'BUILD_ID'))) {
    throw new AppError('usage', `the pages are not built; run npm run build in ${root}, or use --dev`);
  }
  // Checked and brought up to date once for all of them; each sets up the rest for itself, in the folder that it was started in.
  if (cluster.isPrimary) await withDatabase(home, async () => undefined);
  if (options.processes > 1 && !options.dev && cluster.isPrimary) return shareThePort(options.processes);
  process.env.TREELINE_HOME = home.root;
  process.env.NEXTAUTH_URL = readEnv().publicUrl ?? `http://${options.host}:${options.port}`;
  process.env.NEXTAUTH_SECRET ||= readSessionSecret(home);
  process.env.NEXT_TELEMETRY_DISABLED ||= '1';
  process.chdir(root);
  if (options.dev) return runDevServer(root, options);
  // As Next's own command sets them.
  Object.assign(process.env, { NODE_ENV: process.env.NODE_ENV ?? 'production', NEXT_RUNTIME: 'nodejs' });
  await servePages({ ...options, root, logger: createLogger('web'), signal: signalToEnd() });
  // What Next has loaded has opened the database, which nobody closes.
  process.exit();
}

/** This process becomes Next's own server, which compiles pages as they are asked for. */
async function runDevServer(root: string, { host, port }: WebOptions): Promise<void> {
  onSupervisorGone(() => process.kill(process.pid, 'SIGTERM'));
  const next = join(root, 'node_modules', 'next', 'dist', 'bin', 'next');
  process.argv = [process.argv[0] ?? 'node', next, 'dev', '--hostname', host, '--port', String(port)];
  await import(pathToFileURL(next).href);
}

/**
 * Runs so many processes like this one, which get the connections in turn, until a signal ends them. When this process dies, in
 * whatever way, so do they: Node ends what has lost its primary.
 */
async function shareThePort(count: number): Promise<void> {
  cluster.setupPrimary({ stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const start = () => cluster.fork({ [SUPERVISED]: '' }).process;
  const specs = Array.from({ length: count }, (_, index) => ({ name: `web ${index + 1}`, start }));
  await superviseProcesses(specs, { logger: createLogger('web'), signal: signalToEnd() });
}
