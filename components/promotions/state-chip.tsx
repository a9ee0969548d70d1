import { Chip } from '@/components/ui/chip';
import type { PromotionState } from '@/lib/contracts/promotion';
import { stateTone } from './state-tone';

/** The pill that says where a promotion stands. */
export function StateChip({ state, text }: { state: PromotionState; text: string }) {
  return (
    <Chip tone={stateTone(state)} hasDot>
      {text}
    </Chip>
  );
}
