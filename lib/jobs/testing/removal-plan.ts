import type { Plan } from '../../contracts/promotion';
import { parseChecksum } from '../../ostree/format/checksum';
import { openRepo } from '../../ostree/repo/open-repo';
import { readCommit } from '../../ostree/repo/read-commit';
import type { Pipeline } from './pipeline';

/** Makes of a plan the removal of its refs from the target, each at its head there. */
export function removing({ target, headOf }: Pipeline): (plan: Plan) => Plan {
  return (plan) => {
    if (plan.version === 1) return plan;
    const repo = openRepo(target.path);
    try {
      const refs = plan.refs.map(({ targetRef: ref }) => {
        const head = headOf(target, ref) ?? '';
        return {
          sourceRef: ref,
          targetRef: ref,
          sourceChecksum: head,
          contentChecksum: readCommit(repo, parseChecksum(head)).contentChecksum,
          expectedChecksum: head,
          resultingChecksum: null,
          timestamp: null,
        };
      });
      return { ...plan, kind: 'remove', mode: 'identity', refs };
    } finally {
      repo.close();
    }
  };
}
