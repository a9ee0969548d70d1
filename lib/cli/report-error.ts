import { type Command, CommanderError } from 'commander';
import { errnoOf, isAppError } from '../errors';
import { printNotice } from './output';

/** 0 done, 1 failed, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

/**
 * The one place that turns what a command threw into one line on stderr and an exit code.
 * `program` and `args` (without node and script) tell which command's help to point to.
 */
export function reportError(error: unknown, program: Command, args: readonly string[]): ExitCode {
  if (error instanceof CommanderError)
    return reportUsage(error.exitCode, error.code, error.message, program, args);
  if (isAppError(error)) {
    if (error.code === 'usage' || error.code === 'input-invalid')
      return reportUsage(2, error.code, error.message, program, args);
    printNotice(`treeline: ${error.message}`);
    return 1;
  }
  // The reader of our output has gone (`| head`): nobody is left to tell.
  if (errnoOf(error) === 'EPIPE') return 1;
  if (error instanceof Error && error.name === 'AbortError') {
    printNotice('treeline: interrupted');
    return 1;
  }
  const text = error instanceof Error ? error.message || error.name : String(error);
  printNotice(`treeline: unexpected failure: ${text.split('\n')[0]}; TREELINE_LOG_LEVEL=debug shows where`);
  if (process.env.TREELINE_LOG_LEVEL === 'debug' && error instanceof Error) {
    for (const line of (error.stack ?? '').split('\n')) printNotice(line);
  }
  return 1;
}

function reportUsage(
  exitCode: number,
  code: string,
  message: string,
  program: Command,
  args: readonly string[],
): ExitCode {
  // --help and --version end by such an error too.
  if (exitCode === 0) return 0;
  const what = code === 'commander.help' ? 'no command given' : message.replace(/^error: /, '');
  const line = what.replaceAll(/\s*\n\s*/g, ' ').replace(/[.\s]+$/, '');
  printNotice(`treeline: ${line}; see ${commandMeant(program, args)} --help`);
  return 2;
}

/** The longest run of leading words of `args` that names a command: `treeline repo log`. */
function commandMeant(program: Command, args: readonly string[]): string {
  let command = program;
  const words = [program.name()];
  for (const word of args) {
    const next = command.commands.find((child) => child.name() === word);
    if (!next) break;
    command = next;
    words.push(word);
  }
  return words.join(' ');
}
