import { Command } from 'commander';
import { printLines } from './output';

/**
 * The `treeline` command with nothing below it yet. It throws commander's CommanderError on wrong usage and prints
 * nothing on stderr itself: `reportError` does.
 */
export function newProgram(): Command {
  return new Command('treeline')
    .description('Release staging and promotion for OSTree repositories')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => printLines(text.replace(/\n$/, '').split('\n')),
      writeErr: () => undefined,
      outputError: () => undefined,
    });
}
