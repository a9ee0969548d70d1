import { resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from './errors';

const logLevelSchema = z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']);

const envSchema = z.object({
  TREELINE_HOME: z.string().min(1).default('./.treeline'),
  DATABASE_URL: z.string().min(1).optional(),
  /** Where browsers find the pages. next-auth reads it too. */
  NEXTAUTH_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Where clients find the repositories; `/<stage>/` is appended. */
  TREELINE_REPO_URL: z.url({ protocol: /^https?$/ }).optional(),
  TREELINE_LOG_LEVEL: logLevelSchema.default('info'),
  NODE_ENV: z.string().default('production'),
});

/** What the process environment says, checked. */
export interface Env {
  /** Absolute path of the home. */
  homePath: string;
  /** undefined: the SQLite file in the home. */
  databaseUrl: string | undefined;
  /** Without a trailing slash; undefined where it wasn't given. */
  publicUrl: string | undefined;
  /** Without a trailing slash; undefined where it wasn't given. */
  repoUrl: string | undefined;
  logLevel: z.infer<typeof logLevelSchema>;
  isDevelopment: boolean;
}

/**
 * Reads the environment.
 * @throws AppError `usage` that names the first variable with a wrong value, never the value
 */
export function readEnv(source: Readonly<Record<string, string | undefined>> = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const parsed = envSchema.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = String(issue?.path[0] ?? 'environment');
    throw new AppError('usage', `environment variable ${name}: ${issue?.message ?? 'wrong value'}`, {
      details: { variable: name },
    });
  }
  const env = parsed.data;
  return {
    homePath: resolve(env.TREELINE_HOME),
    databaseUrl: env.DATABASE_URL,
    publicUrl: env.NEXTAUTH_URL?.replace(/\/+$/, ''),
    repoUrl: env.TREELINE_REPO_URL?.replace(/\/+$/, ''),
    logLevel: env.TREELINE_LOG_LEVEL,
    isDevelopment: env.NODE_ENV === 'development',
  };
}
