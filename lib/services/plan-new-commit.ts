import type { Checksum, Repo } from '../ostree';
import * as engine from '../ostree';
import type { PlanStages } from './plan-stages';

type PlanRecommit = (
  source: Repo,
  target: Repo,
  of: { from: Checksum; toRef: string; timestamp: number },
) => { bytes: Uint8Array; checksum: Checksum };

/** The commit that mode `recommit` makes, worked out and not written: the run makes the very same bytes again. */
export function planNewCommit(
  { source, target }: PlanStages,
  of: { from: Checksum; toRef: string; timestamp: number },
): { bytes: Uint8Array; checksum: Checksum } {
  const { planRecommit } = engine as unknown as { planRecommit: PlanRecommit };
  return planRecommit(source, target, of);
}
