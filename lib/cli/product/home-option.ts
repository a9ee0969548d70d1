import type { Command } from 'commander';
import { readEnv } from '../../env';
import { type Home, openHome } from '../../home';

export interface HomeOptions {
  home?: string;
}

/** `--home=PATH`, for every command that works on an installation. */
export function addHomeOption(command: Command): Command {
  return command.option('--home <path>', 'the home folder (default: TREELINE_HOME, else ./.treeline)');
}

/** Where the home is, by option, environment or default. */
export function homePathOf(options: HomeOptions): string {
  return options.home ?? readEnv().homePath;
}

/**
 * The home that a command works on.
 * @throws AppError `home-missing`, `home-unsafe`
 */
export function openChosenHome(options: HomeOptions): Home {
  return openHome(homePathOf(options));
}
