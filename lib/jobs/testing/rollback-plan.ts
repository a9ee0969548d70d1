import type { Plan, PlanKind } from '../../contracts/promotion';
import { parseChecksum } from '../../ostree/format/checksum';
import { openRepo } from '../../ostree/repo/open-repo';
import { readCommit } from '../../ostree/repo/read-commit';
import { resolveRef } from '../../ostree/repo/resolve-rev';
import { planRecommit } from '../../ostree/write/recommit';
import { recommitTimestamp } from '../../promotion/plan';
import type { Pipeline } from './pipeline';

/** Makes of a plan the rollback of its refs in the target, each to the commit that `to` names or to its head's parent. */
export function rollingBack(
  { target }: Pipeline,
  kind: Exclude<PlanKind, 'promote'>,
  to: Readonly<Record<string, string>> = {},
): (plan: Plan) => Plan {
  return (plan) => {
    if (plan.version === 1) return plan;
    const repo = openRepo(target.path);
    try {
      const refs = plan.refs.map(({ targetRef: ref }) => {
        const head = readCommit(repo, resolveRef(repo, ref) ?? parseChecksum(''));
        const former = readCommit(repo, parseChecksum(to[ref] ?? head.parent ?? ''));
        const timestamp = kind === 'reset' ? null : recommitTimestamp(former.timestamp, head.timestamp);
        const made =
          timestamp === null
            ? former
            : planRecommit(repo, repo, {
                from: former.checksum,
                toRef: ref,
                timestamp,
                parent: head.checksum,
              });
        return {
          sourceRef: ref,
          targetRef: ref,
          sourceChecksum: former.checksum,
          contentChecksum: former.contentChecksum,
          expectedChecksum: head.checksum,
          resultingChecksum: made.checksum,
          timestamp,
        };
      });
      return { ...plan, kind, mode: kind === 'reset' ? 'identity' : 'recommit', refs };
    } finally {
      repo.close();
    }
  };
}
