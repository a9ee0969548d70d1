import type { Command } from 'commander';
import { reportError } from './report-error';

/**
 * Runs what the command line asks for. The process then ends by itself, so that output and servers are not cut off.
 * @param args without Node and the script
 * @returns the exit code; what failed has been said on stderr
 */
export async function runProgram(program: Command, args: readonly string[]): Promise<number> {
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    return reportError(error, program, args);
  }
}
