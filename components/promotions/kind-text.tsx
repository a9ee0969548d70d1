import type { PlanFacts, PlanKind } from '@/lib/contracts/promotion';
import { RemovalText } from './removal-text';
import { RollbackText } from './rollback-text';

export interface KindTextProps {
  kind: Exclude<PlanKind, 'promote'>;
  stage: string;
  facts: PlanFacts;
}

/** What a plan that is no promotion does. */
export function KindText({ kind, stage, facts }: KindTextProps) {
  if (kind === 'remove') return <RemovalText stage={stage} graceHours={facts.retirable?.graceHours} />;
  return <RollbackText kind={kind} stage={stage} />;
}
