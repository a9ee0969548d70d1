import type { Command } from 'commander';

/** `treeline repo …`, with nothing below it yet. It needs no database and no configuration. */
export function addRepoGroup(program: Command): Command {
  return program.command('repo').description('work on any OSTree repository, without a database');
}
