import { applyMigrations } from '../../db/migrate';
import { printJson, printLines } from '../output';
import { type HomeOptions, openChosenHome } from './home-option';
import { databaseUrlOf } from './open-services';

/** `treeline migrate`: brings the database up to date. Every process that writes does so at its start too. */
export async function migrate(options: HomeOptions & { json?: true }): Promise<void> {
  const applied = await applyMigrations(databaseUrlOf(openChosenHome(options)));
  if (options.json) printJson({ applied });
  else printLines(applied.length > 0 ? applied.map((name) => `applied ${name}`) : ['nothing to do']);
}
