import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { FileDiffDto } from '../contracts/commit';
import { findStages } from '../db/stage';
import { isAppError } from '../errors';
import { diffLines } from './diff-lines';
import { type FoundCommit, findCommit } from './find-commit';
import { withRepositories } from './repositories';
import type { ServiceContext } from './service-context';
import { type ShownText, showText } from './show-text';

/**
 * How the text of one file differs between two commits. A commit that hasn't the file counts as one where it is empty.
 * @throws AppError `not-found`; `ostree/path-not-found` where neither has it; `ostree/path-invalid`
 */
export async function compareFile(
  ctx: ServiceContext,
  actor: Actor,
  input: { from: string | null; to: string; path: string },
): Promise<FileDiffDto> {
  authorise(actor, 'read');
  const stages = await findStages(await ctx.atHead());
  return withRepositories(async (repos) => {
    const to = findCommit(repos, stages, input.to);
    const from = input.from === null ? null : findCommit(repos, stages, input.from);
    const before = from && textOrNull(from, input.path);
    const after = textOrNull(to, input.path);
    const shown = after ?? before ?? showText(to.repo, to.checksum, input.path);
    const whyNoText = before?.whyNoText ?? after?.whyNoText ?? null;
    if (whyNoText !== null) return { path: shown.entry.path, lines: null, whyNoText };
    const lines = diffLines(before?.text ?? '', after?.text ?? '');
    return { path: shown.entry.path, lines, whyNoText: null };
  });
}

function textOrNull(found: FoundCommit, path: string): ShownText | null {
  try {
    return showText(found.repo, found.checksum, path);
  } catch (error) {
    if (isAppError(error, 'ostree/path-not-found')) return null;
    throw error;
  }
}
