import { spawn } from 'node:child_process';
import { AppError, errnoOf } from '../../errors';

export interface GpgRun {
  exitCode: number;
  stdout: Uint8Array;
  /** Words of each `[GNUPG:] …` line, the keyword first. */
  status: string[][];
  /** Last line of what gpg says to people, without paths' contents; for error messages. */
  lastWords: string;
}

export interface GpgOptions {
  /** GNUPGHOME. Its path should be shorter than 90 bytes: gpg-agent's socket lies in it. */
  homedir: string;
  /** Written to gpg's standard input. */
  input?: Uint8Array;
  /** Killed after this time; 60 by default. */
  timeoutSeconds?: number;
  signal?: AbortSignal;
}

const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

function parseStatus(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('[GNUPG:] '))
    .map((line) => line.slice('[GNUPG:] '.length).trim().split(' '));
}

/**
 * Runs gpg once, without a shell, a terminal or the caller's own configuration. What it decides is read
 * from its status lines (`doc/DETAILS` of GnuPG), never from its text.
 *
 * @throws AppError `ostree/gpg-failed` when gpg is not installed, does not end in time or floods its output;
 * a non-zero exit code is returned, since a bad signature is one
 */
export function runGpg(args: readonly string[], options: GpgOptions): Promise<GpgRun> {
  const timeoutSeconds = options.timeoutSeconds ?? 60;
  return new Promise((resolve, reject) => {
    const child = spawn(
      'gpg',
      ['--homedir', options.homedir, '--no-options', '--batch', '--no-tty', '--status-fd', '3', ...args],
      {
        stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
        env: {
          PATH: process.env.PATH ?? '/usr/bin:/bin',
          LC_ALL: 'C',
          GNUPGHOME: options.homedir,
        } as unknown as NodeJS.ProcessEnv,
        timeout: timeoutSeconds * 1000,
        killSignal: 'SIGKILL',
        signal: options.signal,
      },
    );
    const chunks: Record<'out' | 'err' | 'status', Buffer[]> = { out: [], err: [], status: [] };
    let outputBytes = 0;
    const collect = (name: keyof typeof chunks) => (chunk: Buffer) => {
      outputBytes += chunk.length;
      if (outputBytes > OUTPUT_BYTES_MAX) child.kill('SIGKILL');
      else chunks[name].push(chunk);
    };
    child.stdout.on('data', collect('out'));
    child.stderr.on('data', collect('err'));
    (child.stdio[3] as NodeJS.ReadableStream).on('data', collect('status'));
    // gpg may end before it has read its input (a bad argument); its exit code tells that.
    child.stdin.on('error', (error) => {
      /* v8 ignore if -- a pipe to a child has no other error that could be brought about */
      if (errnoOf(error) !== 'EPIPE') reject(error);
    });
    child.on('error', (error) => {
      if (options.signal?.aborted)
        return reject(new AppError('ostree/aborted', 'gpg was stopped', { cause: error }));
      const isMissing = errnoOf(error) === 'ENOENT';
      const message = isMissing ? 'gpg is not installed: install GnuPG' : 'gpg could not be started';
      reject(new AppError('ostree/gpg-failed', message, { cause: error }));
    });
    child.on('close', (exitCode) => {
      if (exitCode === null) {
        const message = `gpg did not end within ${timeoutSeconds} s (it may wait for a passphrase or a smart card)`;
        return reject(new AppError('ostree/gpg-failed', message));
      }
      const lines = Buffer.concat(chunks.err).toString('utf8').trim().split('\n');
      resolve({
        exitCode,
        stdout: new Uint8Array(Buffer.concat(chunks.out)),
        status: parseStatus(Buffer.concat(chunks.status).toString('utf8')),
        lastWords: (lines.at(-1) as string).replace(/^gpg: /, '').slice(0, 200),
      });
    });
    child.stdin.end(options.input ?? new Uint8Array());
  });
}
