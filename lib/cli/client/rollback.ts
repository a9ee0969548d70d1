import type { FormerCommitDto, FormerCommitsDto } from '../../contracts/commit';
import type { PlanKind } from '../../contracts/promotion';
import { AppError } from '../../errors';
import type { ClientOptions } from './api';
import { askForPromotion } from './ask-for-promotion';
import { edgeOf, readFormer } from './edge-of-refs';

export interface RollbackOptions extends ClientOptions {
  kind: Exclude<PlanKind, 'promote' | 'remove'>;
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
  const former = await readFormer(stage, refs, options);
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
