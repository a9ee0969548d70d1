import type { Command } from 'commander';
import { enableThreads } from '../ostree/threads/thread-program';
import { newProgram } from './new-program';
import { addRepoGroup } from './repo/repo-group';
import { runProgram } from './run-program';

/**
 * Runs `treeline repo …`, the plumbing.
 * @param addCommands puts below `repo` what there is to run
 */
export function runPlumbing(addCommands: (repo: Command) => void): void {
  enableThreads(() => new URL('../engine-thread.cjs', import.meta.url));
  const program = newProgram();
  addCommands(addRepoGroup(program));
  void runProgram(program, process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}
