import { type DestinationStream, type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino';
import { readEnv } from './env';
import { isAppError } from './errors';

export type Logger = PinoLogger;

/** Names under which a secret could be handed to a log by mistake, at any of the first three levels. */
const SECRET_NAMES = [
  'password',
  'newPassword',
  'currentPassword',
  'oneTimePassword',
  'passwordHash',
  'passphrase',
  'secret',
  'secretKey',
  'privateKey',
  'token',
  'authorization',
  'cookie',
];

/**
 * A logger that writes one JSON object a line to stderr, so that stdout stays free for results.
 * `process` names the process: web, worker, signer, repo-server, cli.
 */
export function createLogger(
  process: string,
  level: string = readEnv().logLevel,
  // Synchronous: the last line before a crash is the one that matters.
  destination: DestinationStream = pino.destination({ dest: 2, sync: true }),
): Logger {
  return pino(
    {
      level,
      base: { process },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: (value) => describeError(value, 0), err: (value) => describeError(value, 0) },
      redact: { paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]) },
    },
    destination,
  );
}

/** An error as a log shows it: an AppError by code and details, a bug with its stack, causes included. */
function describeError(error: unknown, depth: number): unknown {
  if (!(error instanceof Error)) return String(error);
  const cause =
    error.cause === undefined || depth >= 4 ? {} : { cause: describeError(error.cause, depth + 1) };
  if (isAppError(error)) {
    return { code: error.code, message: error.message, details: error.details, ...cause };
  }
  return { name: error.name, message: error.message, stack: error.stack, ...cause };
}
