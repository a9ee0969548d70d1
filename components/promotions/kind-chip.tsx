import { Undo2 } from 'lucide-react';
import type { PlanKind } from '@/lib/contracts/promotion';

/** What each kind of rollback is called. */
export const ROLLBACK_NAMES: Record<Exclude<PlanKind, 'promote'>, string> = {
  'roll-forward': 'Rollback: roll forward',
  reset: 'Rollback: reset',
};

/** Says loudly that a promotion takes refs back, and how; nothing of one that doesn't. */
export function KindChip({ kind }: { kind: PlanKind }) {
  if (kind === 'promote') return null;
  return (
    <span className="inline-flex items-center gap-1 rounded-full border border-bad bg-bad-soft px-2 py-px text-xs font-semibold whitespace-nowrap text-bad">
      <Undo2 aria-hidden="true" className="size-3 shrink-0" />
      {ROLLBACK_NAMES[kind]}
    </span>
  );
}
