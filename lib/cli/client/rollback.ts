import { type FormerCommitDto, type FormerCommitsDto, formerCommitsSchema } from '../../contracts/commit';
import type { PlanKind } from '../../contracts/promotion';
import { AppError } from '../../errors';
import { askApi, type ClientOptions } from './api';
import { askForPromotion } from './ask-for-promotion';

export interface RollbackOptions extends ClientOptions {
  kind: Exclude<PlanKind, 'promote'>;
  reason: string;
  to?: string;
  edge?: string;
  notBefore?: string;
}

/** `treeline rollback`: asks for refs of a stage to go back to what they were, over the API. */
export async function rollback(
  stage: string,
  refs: readonly string[],
  options: RollbackOptions,
): Promise<void> {
  const former: FormerCommitsDto[] = [];
  for (const ref of refs) {
    const path = `/api/stages/${encodeURIComponent(stage)}/refs/${encodeURIComponent(ref)}/former`;
    former.push(await askApi(options, { method: 'GET', path, schema: formerCommitsSchema }));
  }
  const { kind, reason, notBefore } = options;
  const wanted = {
    kind,
    edge: edgeOf(former, options.edge),
    refs: former.map((each) => ({ ref: each.ref, checksum: chooseCommit(each, options.to).checksum })),
    notBefore,
  };
  await askForPromotion(options, wanted, { reason });
}

/**
 * The commit that `to` names by its version or the beginning of its checksum; without it, the one before the head.
 * @throws AppError `usage` where it names several, `not-found` where none
 */
export function chooseCommit(
  { stage, ref, items }: FormerCommitsDto,
  to: string | undefined,
): FormerCommitDto {
  const isIt = (item: FormerCommitDto) =>
    to === undefined
      ? item.isAncestor
      : item.version === to || (/^[0-9a-f]{8,64}$/.test(to) && item.checksum.startsWith(to));
  const [found, other] = items.filter(isIt);
  if (found === undefined) {
    const what = to === undefined ? 'a commit before its head' : to;
    throw new AppError('not-found', `${ref} in ${stage} has never been at ${what}, or it is no longer whole`);
  }
  if (to !== undefined && other !== undefined) {
    throw new AppError('usage', `--to ${to} names several commits of ${ref}; give a checksum`);
  }
  return found;
}

/** The edge under whose rules it is asked for: the only one that could bring all refs, or that from `from`. */
function edgeOf(former: readonly FormerCommitsDto[], from: string | undefined): string {
  const [first, ...rest] = former;
  const common = (first?.edges ?? []).filter(({ id }) =>
    rest.every(({ edges }) => edges.some((edge) => edge.id === id)),
  );
  const chosen = from === undefined ? common : common.filter((edge) => edge.from === from);
  const [edge, other] = chosen;
  if (edge === undefined) throw new AppError('not-found', 'no edge brings all of these refs into the stage');
  if (other !== undefined) {
    const stages = common.map((each) => each.from).join(', ');
    throw new AppError('usage', `several edges bring these refs, from ${stages}; choose one by --edge`);
  }
  return edge.id;
}
