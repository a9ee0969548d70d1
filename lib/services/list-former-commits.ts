import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { FormerCommitDto, FormerCommitsDto, ListFormerInput } from '../contracts/commit';
import { findEdges } from '../db/edge';
import { findFormerHeads, findFormerHeadsBeside } from '../db/former-head';
import { AppError } from '../errors';
import { commitState, isPromotableRef, parseChecksum, type Repo, resolveRef } from '../ostree';
import { edgeRules } from '../promotion/edge-rules';
import { isTargetRefTaken } from '../promotion/match-refs';
import { commitInfo, historyOf } from './commit-info';
import { withRepositories } from './repositories';
import { requireStage } from './require-stage';
import type { ServiceContext } from './service-context';
import { isoOfSeconds } from './stage-dto';

/** More than anybody goes back at once; of each kind. */
const COMMITS_MAX = 100;

/**
 * What a ref of a stage can go back to: its history, and what promotions have put there or replaced there beside it, as far as
 * it is still whole; and the edges under whose rules that may be asked for. Its history is left out where `isAncestor` is 'false'.
 *
 * @throws AppError `not-found`, `ostree/ref-not-found`, `ostree/ref-invalid`, `ostree/object-missing`
 */
export async function listFormerCommits(
  ctx: ServiceContext,
  actor: Actor,
  { stage: name, ref, ...wanted }: { stage: string; ref: string } & ListFormerInput,
): Promise<FormerCommitsDto> {
  authorise(actor, 'read');
  const db = await ctx.atHead();
  const stage = await requireStage(db, name);
  const edges = (await findEdges(db)).filter(
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
    const history: string[] = [];
    for (const { checksum } of historyOf(ctx, repo, head)) history.push(checksum);
    const known = new Set(history);
    const isBeside = wanted.isAncestor === 'false';
    const former = isBeside
      ? await findFormerHeadsBeside(db, stage.id, ref, known)
      : await findFormerHeads(db, stage.id, ref);
    const promotions = new Map(former.map((each) => [each.checksum, each.promotion]));
    const dtos = (checksums: readonly string[], isAncestor: boolean): FormerCommitDto[] =>
      takeWhole(repo, checksums).map((checksum) => ({
        ...outline(ctx, repo, checksum),
        isAncestor,
        promotion: promotions.get(checksum) ?? null,
      }));
    const others = former.map(({ checksum }) => checksum).filter((checksum) => !known.has(checksum));
    const ancestors = isBeside ? [] : history.slice(1);
    return {
      stage: name,
      ref,
      head: outline(ctx, repo, head),
      edges: edges.map(({ id, from, to }) => ({ id, from: from.name, to: to.name })),
      items: [...dtos(ancestors, true), ...dtos(others, false)],
    };
  });
}

/** The first of them that are complete. */
function takeWhole(repo: Repo, checksums: readonly string[]): string[] {
  const whole: string[] = [];
  for (const checksum of checksums) {
    if (whole.length === COMMITS_MAX) break;
    if (commitState(repo, parseChecksum(checksum)) === 'complete') whole.push(checksum);
  }
  return whole;
}

function outline(ctx: ServiceContext, repo: Repo, checksum: string): FormerCommitsDto['head'] {
  const { version, subject, timestamp } = commitInfo(ctx, repo, parseChecksum(checksum));
  return { checksum, version, subject, timestamp: isoOfSeconds(timestamp) };
}
