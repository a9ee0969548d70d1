import { Trash2, Undo2 } from 'lucide-react';
import type { PlanKind } from '@/lib/contracts/promotion';

/** What each kind that is no promotion is called. */
export const KIND_NAMES: Record<Exclude<PlanKind, 'promote'>, string> = {
  'roll-forward': 'Rollback: roll forward',
  reset: 'Rollback: reset',
  remove: 'Removal',
};

/** Says loudly that a promotion takes refs back or away; nothing of one that doesn't. */
export function KindChip({ kind }: { kind: PlanKind }) {
  if (kind === 'promote') return null;
  const Icon = kind === 'remove' ? Trash2 : Undo2;
  return (
    <span className="inline-flex items-center gap-1 rounded-full border border-bad bg-bad-soft px-2 py-px text-xs font-semibold whitespace-nowrap text-bad">
      <Icon aria-hidden="true" className="size-3 shrink-0" />
      {KIND_NAMES[kind]}
    </span>
  );
}
