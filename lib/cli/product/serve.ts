import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readEnv } from '../../env';
import type { Home } from '../../home';
import { createLogger } from '../../logger';
import { writeRepoServerConfig } from '../../publish/write-repo-server-config';
import { printLines } from '../output';
import { checkPort } from './check-port';
import { type HomeOptions, openChosenHome } from './home-option';
import { withDatabase } from './open-services';
import { SUPERVISED, signalToEnd } from './process-signals';
import { type ProcessSpec, startNodeProcess, superviseProcesses } from './supervise';

export interface ServeOptions extends HomeOptions {
  host: string;
  port: number;
  repoPort: number;
  /** How many processes make pages. */
  webProcesses: number;
  /** Where browsers find the pages, if not at host and port. */
  publicUrl?: string;
  /** Where clients find the repositories, if not at host and repoPort. */
  repoUrl?: string;
  /** Pages are compiled as they are asked for. */
  dev?: true;
  /** Output of the processes goes to files in the home instead of stderr. */
  logFiles?: true;
}

/** `treeline serve`: all four processes on one machine, kept running until a signal ends them. */
export async function serve(options: ServeOptions): Promise<void> {
  await serveHome(openChosenHome(options), options, signalToEnd(), (urls) =>
    printLines([`pages:        ${urls.pages}`, `repositories: ${urls.repositories}`]),
  );
}

/**
 * Checks ports, migrates, starts the processes of `home`, calls `onReady` once both servers answer, and
 * resolves when the signal has ended all of them.
 *
 * @throws AppError `conflict` where a port is taken: then nothing was started
 */
export async function serveHome(
  home: Home,
  options: Omit<ServeOptions, 'home'>,
  signal: AbortSignal,
  onReady: (urls: { pages: string; repositories: string }) => void,
): Promise<void> {
  await checkPort(options.host, options.port, '--port');
  await checkPort(options.host, options.repoPort, '--repo-port');
  await withDatabase(home, (db) => writeRepoServerConfig(db, home.repoServerConfigPath));
  const urls = urlsOf(options);
  const running = superviseProcesses(listProcesses(home, options, urls), {
    logger: createLogger('serve'),
    signal,
  });
  const local = (port: number) => `http://${localHost(options.host)}:${port}`;
  const ready = Promise.all([
    waitForAnswer(`${local(options.port)}/api/health`, signal),
    waitForAnswer(`${local(options.repoPort)}/`, signal),
  ]).then((answered) => {
    if (answered.every(Boolean)) onReady(urls);
  });
  await Promise.all([running, ready]);
}

function urlsOf(options: Omit<ServeOptions, 'home'>): { pages: string; repositories: string } {
  const env = readEnv();
  const host = localHost(options.host);
  return {
    pages: options.publicUrl ?? env.publicUrl ?? `http://${host}:${options.port}`,
    repositories: options.repoUrl ?? env.repoUrl ?? `http://${host}:${options.repoPort}`,
  };
}

/** An address to reach what listens on `host`, as it stands in a URL. */
function localHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/** What a page needs for a moment is megabytes: with room for it Node collects a tenth less of the time. */
const PAGES_NODE_ARGS = ['--max-semi-space-size=32'];

function listProcesses(
  home: Home,
  options: Omit<ServeOptions, 'home'>,
  urls: { pages: string; repositories: string },
): ProcessSpec[] {
  const command = process.argv[1] ?? '';
  // What a process doesn't need it isn't given: neither secret is for the one that faces the network.
  const { DATABASE_URL, TREELINE_SIGNER_DATABASE_URL, NEXTAUTH_SECRET, ...bare } = process.env;
  const common = { ...bare, TREELINE_HOME: home.root, [SUPERVISED]: '1' };
  const product = {
    ...common,
    ...(DATABASE_URL === undefined ? {} : { DATABASE_URL }),
    TREELINE_REPO_URL: urls.repositories,
  };
  // A role of its own, which may only read, where one was made.
  const signer = TREELINE_SIGNER_DATABASE_URL ? { DATABASE_URL: TREELINE_SIGNER_DATABASE_URL } : {};
  const listen = (port: number) => ['--host', options.host, '--port', String(port)];
  const spec = (
    name: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    nodeArgs: readonly string[] = [],
  ): ProcessSpec => ({
    name,
    start: () =>
      startNodeProcess({
        args: [...nodeArgs, command, name, ...args],
        env,
        logPath: options.logFiles && join(home.logsDir, `${name}.log`),
      }),
  });
  const web = options.dev ? ['--dev'] : ['--processes', String(options.webProcesses)];
  return [
    spec('signer', [], { ...product, ...signer }),
    spec('worker', [], product),
    spec('repo-server', ['--config', home.repoServerConfigPath, ...listen(options.repoPort)], common),
    spec(
      'web',
      [...listen(options.port), ...web],
      { ...product, NEXTAUTH_URL: urls.pages, ...(NEXTAUTH_SECRET ? { NEXTAUTH_SECRET } : {}) },
      PAGES_NODE_ARGS,
    ),
  ];
}

/** Waits until something answers at `url`, whatever it says; false where the signal came first. */
async function waitForAnswer(url: string, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    try {
      const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]) });
      await response.arrayBuffer();
      return true;
    } catch {
      // Not there yet: the supervisor says so where it matters.
      await sleep(200, undefined, { signal }).catch(() => undefined);
    }
  }
  return false;
}
