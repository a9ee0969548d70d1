import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { runOstree } from '../../ostree/fixtures/run-ostree';
import { findPackageRoot } from '../../package-root';
import { makeOnce } from '../../testing/make-once';

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  env?: Readonly<Record<string, string>>;
}

/**
 * Bundles the command as it is shipped.
 * @returns the path of the script that Node runs
 */
export async function buildTreeline(): Promise<string> {
  const folder = await makeOnce('treeline', (made) => {
    const build = spawnSync(
      process.execPath,
      [join(findPackageRoot(), 'scripts/build.mjs'), `--command-to=${made}`],
      { encoding: 'utf8' },
    );
    if (build.status !== 0) throw new Error(`the command does not build: ${build.stdout}${build.stderr}`);
  });
  return join(folder, 'treeline.js');
}

/** Runs a program to its end. Its stdin is empty. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
    child.stdout.on('data', (chunk: Buffer) => chunks.stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.stderr.push(chunk));
    child.once('error', reject);
    child.once('close', (code) =>
      resolve({
        code,
        stdout: Buffer.concat(chunks.stdout).toString(),
        stderr: Buffer.concat(chunks.stderr).toString(),
      }),
    );
  });
}

/** A function that runs the built command with Node alone. */
export function treelineAt(script: string): (args: readonly string[], options?: RunOptions) => Promise<Ran> {
  return (args, options) => run(process.execPath, [script, ...args], options);
}

/** Runs `ostree`, which must succeed. @returns what it printed, without the last newline */
export async function ostree(...args: string[]): Promise<string> {
  return runOstree(...args).replace(/\n$/, '');
}
