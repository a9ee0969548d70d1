import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { TreeDto } from '../contracts/commit';
import { findStages } from '../db/stage';
import { listTree, readCommit } from '../ostree';
import { findCommit } from './find-commit';
import { withRepositories } from './repositories';
import type { ServiceContext } from './service-context';
import { treeEntryDto } from './tree-entry-dto';

const ENTRIES_MAX = 5000;

/**
 * What one directory of a commit holds, directories first. `path` is `/` where it isn't given.
 * @throws AppError `not-found`, `ostree/path-not-found`, `ostree/path-invalid`
 */
export async function listCommitTree(
  ctx: ServiceContext,
  actor: Actor,
  input: { checksum: string; path?: string },
): Promise<TreeDto> {
  authorise(actor, 'read');
  const stages = await findStages(await ctx.atHead());
  const path = input.path ?? '/';
  return withRepositories(async (repos) => {
    const { checksum, repo } = findCommit(repos, stages, input.checksum);
    return ctx.cache.getOrMake(
      `tree:${checksum}:${path}`,
      async () => {
        // The first entry is the directory itself, or the file where the path names one.
        const entries = listTree(repo, readCommit(repo, checksum), { path, maxEntries: ENTRIES_MAX + 2 });
        const inside = entries[0]?.type === 'directory' ? entries.slice(1) : entries;
        const isDirectory = (entry: (typeof inside)[number]) => Number(entry.type === 'directory');
        const shown = inside.slice(0, ENTRIES_MAX).sort((a, b) => isDirectory(b) - isDirectory(a));
        return {
          checksum,
          path: entries[0]?.path ?? path,
          entries: shown.map(treeEntryDto),
          isTruncated: inside.length > ENTRIES_MAX,
        };
      },
      (tree) => tree.entries.length + 1,
    );
  });
}
