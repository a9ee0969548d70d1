import type { Command } from 'commander';

/** `--home=PATH`, for every command that works on an installation. Apart, so that declaring commands loads nothing. */
export function addHomeOption(command: Command): Command {
  return command.option('--home <path>', 'the home folder (default: TREELINE_HOME, else ./.treeline)');
}
