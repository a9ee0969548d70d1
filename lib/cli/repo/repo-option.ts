import type { Command } from 'commander';
import { openRepo, type Repo } from '../../ostree';

/** `--repo=PATH`, which every plumbing command requires. */
export function addRepoOption(command: Command, what = 'the repository'): Command {
  return command.requiredOption('--repo <path>', `${what}: the folder that holds config and objects`);
}

/** What `--strict-cas` does, for every command that moves a ref. */
export const STRICT_CAS = 'move the ref only while no other process uses the repository, or fail';

/** Opens a repository for `work` and closes it whatever happens. */
export async function withRepo<T>(path: string, work: (repo: Repo) => T | Promise<T>): Promise<T> {
  const repo = openRepo(path);
  try {
    return await work(repo);
  } finally {
    repo.close();
  }
}

/** Aborts when the terminal or the system asks this process to end, so that a pull can clean up. */
export function signalOfProcess(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => controller.abort());
  return controller.signal;
}
