import { buildProgram } from './program';
import { reportError } from './report-error';

/** Runs the command line; the process ends by itself, so that output and servers are not cut off. */
async function main(): Promise<void> {
  const program = buildProgram();
  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    process.exitCode = reportError(error, program, process.argv.slice(2));
  }
}

await main();
