import { systemActor } from '../../auth/actor';
import { findPeople } from '../../db/person';
import { AppError, isAppError } from '../../errors';
import { createHome, type Home, openHome } from '../../home';
import { addPerson } from '../../services/add-person';
import { printJson, printLines } from '../output';
import { type HomeOptions, homePathOf } from './home-option';
import { withServices } from './open-services';

export interface InitOptions extends HomeOptions {
  name: string;
  displayName: string;
  json?: true;
}

/**
 * `treeline init`: makes the home, the database and the first admin, whose one-time password is printed
 * here and nowhere else. An init that was interrupted is finished.
 *
 * @throws AppError `home-exists` where somebody can sign in already
 */
export async function init(options: InitOptions): Promise<void> {
  const home = createOrOpenHome(homePathOf(options));
  const added = await withServices(home, async (ctx) => {
    if ((await findPeople(ctx.db)).length > 0) {
      throw new AppError(
        'home-exists',
        `${home.root} is set up already; treeline person add makes accounts`,
        {
          details: { path: home.root },
        },
      );
    }
    const { name, displayName } = options;
    return addPerson(ctx, systemActor('command line'), { name, displayName, role: 'admin' });
  });
  if (options.json) {
    printJson({ home: home.root, name: added.person.name, oneTimePassword: added.oneTimePassword });
    return;
  }
  printLines([
    `Made the home ${home.root}.`,
    `First admin: ${added.person.name}`,
    `One-time password: ${added.oneTimePassword}`,
    'It is shown only here, and must be changed at the first sign-in. Next: treeline serve',
  ]);
}

function createOrOpenHome(path: string): Home {
  try {
    return createHome(path);
  } catch (error) {
    if (isAppError(error, 'home-exists')) return openHome(path);
    throw error;
  }
}
