import type { PlanKind } from '../contracts/promotion';
import type { EdgeWithStages } from '../db/edge';
import type { StageKeyRow } from '../db/stage';
import type { Repo } from '../ostree';
import type { RuleKey } from '../promotion/check-keys';
import type { Repositories } from './repositories';

/** The edge of a plan with both repositories open; of a rollback the target is the source as well. */
export interface PlanStages {
  edge: EdgeWithStages;
  kind: PlanKind;
  mode: 'identity' | 'recommit';
  repos: Repositories;
  source: Repo;
  target: Repo;
  /** Number of an open promotion that ends with this one. */
  superseded?: number;
}

/** Keys of a stage that count now. */
export function ruleKeys(stage: { keys: readonly StageKeyRow[] }): RuleKey[] {
  return stage.keys
    .filter((key) => key.retiredAt === null)
    .map((key) => ({
      type: key.type === 'gpg' ? 'gpg' : 'ed25519',
      keyId: key.keyId,
      purpose: key.purpose === 'sign' ? 'sign' : 'trust',
    }));
}
