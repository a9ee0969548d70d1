import { enableThreads } from '../ostree/threads/thread-program';
import { buildProgram } from './program';
import { runProgram } from './run-program';

// The build puts this file among its chunks, and the program of the threads beside the command.
enableThreads(new URL('../engine-thread.cjs', import.meta.url));
process.exitCode = await runProgram(buildProgram(), process.argv.slice(2));
