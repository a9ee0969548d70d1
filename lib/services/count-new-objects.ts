import type { Plan } from '../contracts/promotion';
import { isAppError } from '../errors';
import { listCommitsToBring } from '../jobs/commits-to-bring';
import { type Checksum, countPull, parseChecksum, planRecommit } from '../ostree';
import type { PlanStages } from './plan-stages';

/** What a promotion of one ref would add to the target. */
export interface NewObjects {
  /** Commits that come along, back to the target's head. */
  commits: number;
  newObjects: number;
  /** Stored bytes, decimal. */
  newBytes: string;
  willLink: boolean;
}

/** Codes that a check of the plan tells of in its own words: there is nothing to count then. */
const untold = ['ostree/commit-partial', 'ostree/object-missing'] as const;

/** Counts by comparing trees, as the run will; reads only where they differ. */
export async function countNewObjects(
  { source, target }: Pick<PlanStages, 'source' | 'target'>,
  planned: Plan['refs'][number],
): Promise<NewObjects> {
  const from = parseChecksum(planned.sourceChecksum);
  const head = planned.expectedChecksum as Checksum | null;
  try {
    const counted = await countPull(
      source,
      target,
      planned.timestamp === null
        ? { commits: listCommitsToBring(source, from, head) }
        : {
            commits: [],
            commitsToWrite: [
              planRecommit(source, target, { from, toRef: planned.targetRef, timestamp: planned.timestamp }),
            ],
          },
    );
    return {
      commits: counted.commits.length,
      newObjects: counted.newObjects,
      newBytes: String(counted.newBytes),
      willLink: counted.willLink,
    };
  } catch (error) {
    if (!untold.some((code) => isAppError(error, code))) throw error;
    return { commits: 0, newObjects: 0, newBytes: '0', willLink: false };
  }
}
