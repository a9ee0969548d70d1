import { enableThreads } from '../ostree/threads/thread-program';
import { buildProgram } from './program';
import { runProgram } from './run-program';

enableThreads(() => new URL('./engine-thread.cjs', import.meta.url));
process.exitCode = await runProgram(buildProgram(), process.argv.slice(2));
