import { AsyncLocalStorage } from 'node:async_hooks';
import { vi } from 'vitest';
import type { Ran, RunOptions } from './run-treeline';

interface Written {
  stdout: Buffer[];
  stderr: Buffer[];
}

/** What a command listens to until its process ends. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const writtenBy = new AsyncLocalStorage<Written>();
vi.doMock('../write-all', () => ({
  writeAll(fd: number, bytes: Uint8Array) {
    const written = writtenBy.getStore();
    if (written === undefined) throw new Error('something was printed by no command');
    (fd === 1 ? written.stdout : written.stderr).push(Buffer.from(bytes));
  },
}));

/**
 * Runs the command in this process, its words kept instead of printed: what each command says is looked at hundreds of
 * times, and a process for each would take longer than all else. Locks, signals, pipes and threads want `treelineAt`.
 */
export async function treelineInProcess(
  args: readonly string[],
  { env = {} }: RunOptions = {},
): Promise<Ran> {
  const [{ buildProgram }, { runProgram }] = await Promise.all([
    import('../program'),
    import('../run-program'),
  ]);
  const before = { ...process.env };
  const listeners = new Map(SIGNALS.map((name) => [name, process.listeners(name)]));
  Object.assign(process.env, env);
  const written: Written = { stdout: [], stderr: [] };
  try {
    const code = await writtenBy.run(written, () => runProgram(buildProgram(), args));
    return {
      code,
      stdout: Buffer.concat(written.stdout).toString(),
      stderr: Buffer.concat(written.stderr).toString(),
    };
  } finally {
    for (const name of Object.keys(env)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    for (const [name, were] of listeners) {
      for (const added of process.listeners(name)) if (!were.includes(added)) process.off(name, added);
    }
  }
}
