import { createServer } from 'node:net';
import { AppError, errnoOf } from '../../errors';

/**
 * Checks that `port` on `host` is free, before anything is started.
 * @throws AppError `conflict` that names the port and the option that changes it
 */
export async function checkPort(host: string, port: number, option: string): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, exclusive: true }, resolve);
    });
  } catch (cause) {
    throw new AppError('conflict', explain(errnoOf(cause), host, port, option), {
      details: { host, port },
      cause,
    });
  }
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

function explain(errno: string | undefined, host: string, port: number, option: string): string {
  switch (errno) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is taken; end the program that has it or choose another with ${option}`;
    case 'EACCES':
      return `port ${port} on ${host} needs more rights than this process has; choose another with ${option}`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is no address of this machine; choose another with --host`;
    default:
      return `cannot listen on port ${port} on ${host} (${errno ?? 'unknown error'}); choose another with ${option}`;
  }
}
