import { readEnv } from '../../env';
import { type Home, openHome } from '../../home';

export interface HomeOptions {
  home?: string;
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
