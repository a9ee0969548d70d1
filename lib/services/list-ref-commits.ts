import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { CommitRowDto } from '../contracts/commit';
import type { PageDto } from '../contracts/scalars';
import { findStages } from '../db/stage';
import { AppError } from '../errors';
import { type Checksum, hasObject, parseChecksum, resolveRef } from '../ostree';
import { commitInfo } from './commit-info';
import { commitRows } from './commit-row';
import { withRepositories } from './repositories';
import { requireStage } from './require-stage';
import type { ServiceContext } from './service-context';

const PAGE_SIZE = 25;

/**
 * The history of a ref, newest first. The cursor is the next commit itself, so that a page stays what it is while
 * the ref moves on.
 *
 * @throws AppError `not-found`, `ostree/ref-not-found`, `ostree/ref-invalid`, `ostree/object-missing`
 */
export async function listRefCommits(
  ctx: ServiceContext,
  actor: Actor,
  input: { stage: string; ref: string; cursor?: string | null },
): Promise<PageDto<CommitRowDto>> {
  authorise(actor, 'read');
  const db = await ctx.atHead();
  const [stage, stages] = await Promise.all([requireStage(db, input.stage), findStages(db)]);
  return withRepositories(async (repos) => {
    const repo = repos.open(stage);
    const head = resolveRef(repo, input.ref);
    if (head === null) {
      throw new AppError('ostree/ref-not-found', `the stage ${stage.name} has no ref ${input.ref}`, {
        details: { stage: stage.name, ref: input.ref },
      });
    }
    let at: Checksum | null = input.cursor ? parseChecksum(input.cursor) : head;
    const checksums: Checksum[] = [];
    while (at !== null && checksums.length < PAGE_SIZE && hasObject(repo, at, 'commit')) {
      checksums.push(at);
      at = commitInfo(ctx, repo, at).parent;
    }
    const items = await commitRows(ctx, { repos, stages, stage, repo }, checksums);
    const hasMore = at !== null && checksums.length === PAGE_SIZE && hasObject(repo, at, 'commit');
    return { items, nextCursor: hasMore ? at : null };
  });
}
