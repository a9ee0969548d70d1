import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readEnv } from '../../env';
import { AppError } from '../../errors';
import { type Home, readSessionSecret } from '../../home';
import { createLogger } from '../../logger';
import { findPackageRoot } from '../../package-root';
import { type HomeOptions, openChosenHome } from './home-option';
import { withDatabase } from './open-services';
import { withPageHeaders } from './page-headers';
import { PAGES_SOCKET, pageProcess, pagesSocketPath, sweepPagesSockets, tellReady } from './page-process';
import { signalToEnd, untilAborted } from './process-signals';
import { type Handler, serveHttp, servePages, TURN_MILLISECONDS_MAX } from './serve-pages';
import { superviseProcesses } from './supervise';
import { Turns } from './turns';

export interface WebOptions extends HomeOptions {
  host: string;
  port: number;
  /** How many make pages. */
  processes: number;
  dev?: true;
}

/** How long Next may take to end once nobody asks it for anything. */
const CLOSE_MILLISECONDS_MAX = 1_000;

/**
 * `treeline web`: serves the pages and the API, or listens for several processes that make them, so that a page that takes long
 * holds up nobody else. The secret is read here, from the home, so that it stands on no command line.
 *
 * @throws AppError `usage` where the pages were never built; a system error where it can't listen
 */
export async function runWeb(options: WebOptions): Promise<void> {
  const home = openChosenHome(options);
  const root = findPackageRoot();
  if (!options.dev && !existsSync(join(root, '.next', 'BUILD_ID'))) {
    throw new AppError('usage', `the pages are not built; run npm run build in ${root}, or use --dev`);
  }
  const socketPath = process.env[PAGES_SOCKET];
  if (socketPath === undefined) {
    // Checked and brought up to date once for all of them; each sets up the rest for itself, in the folder that it was started in.
    await withDatabase(home, async () => undefined);
    if (options.processes > 1 && !options.dev) return servePagesOfProcesses(home, options);
  }
  process.env.TREELINE_HOME = home.root;
  process.env.NEXTAUTH_URL = readEnv().publicUrl ?? `http://${options.host}:${options.port}`;
  process.env.NEXTAUTH_SECRET ||= readSessionSecret(home);
  process.env.NEXT_TELEMETRY_DISABLED ||= '1';
  process.chdir(root);
  await servePagesOfNext(root, options, socketPath);
  // What Next has loaded has opened the database, which nobody closes.
  process.exit();
}

/** Makes pages in this process, for whoever comes to its port, or for the process that hands it requests at a socket. */
async function servePagesOfNext(
  root: string,
  { host, port, dev }: WebOptions,
  socketPath: string | undefined,
): Promise<void> {
  const isDev = dev === true;
  // As Next's own command sets them.
  const mode = isDev ? 'development' : 'production';
  Object.assign(process.env, { NODE_ENV: process.env.NODE_ENV ?? mode, NEXT_RUNTIME: 'nodejs' });
  const { default: next } = await import('next');
  const app = next({ dev: isDev, dir: root, hostname: host, port, ...(isDev ? { turbopack: true } : {}) });
  await app.prepare();
  const handle = withPageHeaders(app.getRequestHandler(), isDev);
  const options = { logger: createLogger('web'), signal: signalToEnd() };
  if (socketPath !== undefined) {
    await serveHttp({ path: socketPath }, handle, { ...options, onListening: tellReady });
  } else {
    const makers = new Turns<Handler>(TURN_MILLISECONDS_MAX);
    makers.open(handle);
    await servePages({ host, port }, makers, options);
  }
  // Where pages are compiled as they are asked for, Next waits for ever for what compiles them.
  await Promise.race([app.close(), pause(CLOSE_MILLISECONDS_MAX)]);
}

/**
 * Listens from when the first of so many processes makes pages until a signal ends them all. When this process dies, in whatever
 * way, so do they.
 */
async function servePagesOfProcesses(home: Home, { host, port, processes }: WebOptions): Promise<void> {
  const logger = createLogger('web');
  const makers = new Turns<Handler>(TURN_MILLISECONDS_MAX);
  const failed = new AbortController();
  const signal = AbortSignal.any([signalToEnd(), failed.signal]);
  sweepPagesSockets(home.runDir);
  const args = [...process.execArgv, ...process.argv.slice(1)];
  const specs = Array.from({ length: processes }, (_, index) => {
    const socketPath = pagesSocketPath(home.runDir, index + 1);
    return pageProcess({ name: `web ${index + 1}`, args, socketPath, makers });
  });
  const running = superviseProcesses(specs, { logger, signal });
  try {
    const isAnybodyThere = makers.take().then((turn) => turn.end());
    await Promise.race([isAnybodyThere, untilAborted(signal)]);
    if (!signal.aborted) await servePages({ host, port }, makers, { logger, signal });
  } finally {
    failed.abort();
    await running;
  }
}
