import { AppError, errnoOf } from '../../errors';
import { createLogger } from '../../logger';
import { runRepoServer } from '../../publish/repo-server';
import { type HomeOptions, openChosenHome } from './home-option';
import { signalToEnd, untilAborted } from './process-signals';

export interface RepoServerProcessOptions extends HomeOptions {
  host: string;
  port: number;
  /** The file that names what is served; by default the home's. */
  config?: string;
}

/** `treeline repo-server`: serves published stages until a signal ends it. Given --config, it reads no home. */
export async function runRepoServerProcess(options: RepoServerProcessOptions): Promise<void> {
  const configPath = options.config ?? openChosenHome(options).repoServerConfigPath;
  const logger = createLogger('repo-server');
  const signal = signalToEnd();
  try {
    const server = await runRepoServer({
      configPath,
      host: options.host,
      port: options.port,
      onProblem: (error, { path }) => logger.warn({ error, path }, 'could not serve'),
    });
    logger.info({ host: server.host, port: server.port }, 'ready');
    await untilAborted(signal);
    await server.close();
  } catch (cause) {
    if (!errnoOf(cause)) throw cause;
    const where = `port ${options.port} on ${options.host}`;
    throw new AppError(
      'conflict',
      `cannot listen on ${where} (${errnoOf(cause)}); choose another with --port`,
      { cause },
    );
  }
}
