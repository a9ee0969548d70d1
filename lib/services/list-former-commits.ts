import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import {
  FORMER_COMMITS_MAX,
  type FormerCommitDto,
  type FormerCommitsDto,
  type ListFormerInput,
} from '../contracts/commit';
import { findEdges } from '../db/edge';
import { findFormerHeads, findNamedCommits } from '../db/former-head';
import { AppError } from '../errors';
import { commitState, isPromotableRef, parseChecksum, type Repo, resolveRef } from '../ostree';
import { edgeRules } from '../promotion/edge-rules';
import { isTargetRefTaken } from '../promotion/match-refs';
import { commitInfo, followedHistory } from './commit-info';
import { withRepositories } from './repositories';
import { requireStage } from './require-stage';
import type { ServiceContext } from './service-context';
import { isoOfSeconds } from './stage-dto';

/**
 * What a ref of a stage can go back to: its history, and what promotions have put there or replaced there beside it, as far as
 * it is still whole; and the edges under whose rules that may be asked for. Its history is left out where `isAncestor` is 'false'.
 *
 * @throws AppError `not-found`, `ostree/ref-not-found`, `ostree/ref-invalid`, `ostree/object-missing`
 */
export async function listFormerCommits(
  ctx: ServiceContext,
  actor: Actor,
  input: { stage: string; ref: string } & ListFormerInput,
): Promise<FormerCommitsDto> {
  authorise(actor, 'read');
  const { stage: name, ref, isAncestor, limit = FORMER_COMMITS_MAX } = input;
  const db = await ctx.atHead();
  const stage = await requireStage(db, name);
  const [allEdges, named] = await Promise.all([findEdges(db), findNamedCommits(db, stage.id, ref)]);
  const edges = allEdges.filter(
    (edge) => edge.toStageId === stage.id && isPromotableRef(ref) && isTargetRefTaken(edgeRules(edge), ref),
  );
  return withRepositories(async (repos) => {
    const repo = repos.open(stage);
    const head = resolveRef(repo, ref);
    if (head === null) {
      throw new AppError('ostree/ref-not-found', `the stage ${name} has no ref ${ref}`, {
        details: { stage: name, ref },
      });
    }
    const history: ReadonlySet<string> = followedHistory(ctx, repo, { stageId: stage.id, ref, head });
    const beside = named.filter((checksum) => !history.has(checksum));
    const ofHistory = isAncestor === 'false' ? [] : [...history].slice(1);
    // What is shown is proved, and no more: of hundreds that would be most of the work.
    const [ancestors, others] = [takeWhole(repo, ofHistory, limit), takeWhole(repo, beside, limit)];
    const shown = [...ancestors.whole, ...others.whole];
    const proved = shown.length === 0 ? [] : await findFormerHeads(db, stage.id, ref, shown);
    const promotions = new Map(proved.map((each) => [each.checksum, each.promotion]));
    const dto = (checksum: string, isAncestor: boolean): FormerCommitDto => ({
      ...outline(ctx, repo, checksum),
      isAncestor,
      promotion: promotions.get(checksum) ?? null,
    });
    return {
      stage: name,
      ref,
      head: outline(ctx, repo, head),
      edges: edges.map(({ id, from, to }) => ({ id, from: from.name, to: to.name })),
      items: [
        ...ancestors.whole.map((checksum) => dto(checksum, true)),
        ...others.whole
          .filter((checksum) => promotions.has(checksum))
          .map((checksum) => dto(checksum, false)),
      ],
      hasMore: ancestors.hasMore || others.hasMore,
    };
  });
}

/** The first of them that are complete, and whether there are more. */
function takeWhole(repo: Repo, checksums: readonly string[], limit: number) {
  const whole: string[] = [];
  for (const checksum of checksums) {
    if (commitState(repo, parseChecksum(checksum)) !== 'complete') continue;
    if (whole.length === limit) return { whole, hasMore: true };
    whole.push(checksum);
  }
  return { whole, hasMore: false };
}

function outline(ctx: ServiceContext, repo: Repo, checksum: string): FormerCommitsDto['head'] {
  const { version, subject, timestamp } = commitInfo(ctx, repo, parseChecksum(checksum));
  return { checksum, version, subject, timestamp: isoOfSeconds(timestamp) };
}
