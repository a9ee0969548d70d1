import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { FileDto } from '../contracts/commit';
import { findStages } from '../db/stage';
import { findCommit } from './find-commit';
import { withRepositories } from './repositories';
import type { ServiceContext } from './service-context';
import { showText } from './show-text';
import { treeEntryDto } from './tree-entry-dto';

/**
 * A file of a commit for showing; its text where it has one that can be shown.
 * @throws AppError `not-found`, `ostree/path-not-found`, `ostree/path-invalid`
 */
export async function readCommitFile(
  ctx: ServiceContext,
  actor: Actor,
  input: { checksum: string; path: string },
): Promise<FileDto> {
  authorise(actor, 'read');
  const stages = await findStages(await ctx.atHead());
  return withRepositories(async (repos) => {
    const { checksum, repo } = findCommit(repos, stages, input.checksum);
    const { entry, text, whyNoText } = showText(repo, checksum, input.path);
    return { checksum, path: entry.path, entry: treeEntryDto(entry), text, whyNoText };
  });
}
