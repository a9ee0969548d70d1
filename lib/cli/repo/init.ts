import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { AppError } from '../../errors';
import { initRepo, openRepo, type RepoMode } from '../../ostree';
import { addRepoOption } from './repo-option';

interface InitOptions {
  repo: string;
  mode: RepoMode;
  collectionId?: string;
}

/** `repo init`: makes an empty repository; does nothing where one is already. */
export function addInitCommand(parent: Command): void {
  addRepoOption(parent.command('init').description('make an empty repository'))
    .addOption(
      new Option('--mode <mode>', 'how objects are stored')
        .choices(['archive', 'bare', 'bare-user', 'bare-user-only'])
        .default('archive'),
    )
    .option('--collection-id <id>', 'collection ID, such as org.example.os')
    .action((options: InitOptions) => {
      if (isMadeAlready(options)) return;
      initRepo(options.repo, { mode: options.mode, collectionId: options.collectionId });
    });
}

/** As with `ostree init`, making a repository again does nothing; but it must be the one that is asked for. */
function isMadeAlready({ repo: path, mode, collectionId }: InitOptions): boolean {
  if (!existsSync(join(path, 'config'))) return false;
  const repo = openRepo(path);
  const { mode: modeThere, collectionId: idThere } = repo.config;
  repo.close();
  if (modeThere === mode && idThere === (collectionId ?? null)) return true;
  const what = `mode ${modeThere}, ${idThere === null ? 'no collection ID' : `collection ID ${idThere}`}`;
  throw new AppError(
    'ostree/repo-invalid',
    `${path} is a repository already, with ${what}; name a new directory`,
    {
      details: { path },
    },
  );
}
