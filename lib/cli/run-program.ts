import type { Command } from 'commander';
import { reportError } from './report-error';

/** Runs what the command line asks for; the process ends by itself, so that output and servers are not cut off. */
export async function runProgram(program: Command): Promise<void> {
  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    process.exitCode = reportError(error, program, process.argv.slice(2));
  }
}
