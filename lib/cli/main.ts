import { enableThreads } from '../ostree/threads/thread-program';
import { buildProgram } from './program';
import { reportError } from './report-error';

/** Runs the command line; the process ends by itself, so that output and servers are not cut off. */
async function main(): Promise<void> {
  enableThreads(new URL('./engine-thread.js', import.meta.url));
  const program = buildProgram();
  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    process.exitCode = reportError(error, program, process.argv.slice(2));
  }
}

await main();
