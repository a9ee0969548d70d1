import { enableThreads } from '../ostree/threads/thread-program';
import { newProgram } from './new-program';
import { addRepoCommands } from './repo/commands';
import { runProgram } from './run-program';

enableThreads(new URL('./engine-thread.cjs', import.meta.url));
const program = newProgram();
addRepoCommands(program);
void runProgram(program, process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
