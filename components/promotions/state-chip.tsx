import { Chip } from '@/components/ui/chip';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { PromotionState } from '@/lib/contracts/promotion';
import { stateTone } from './state-tone';

export interface StateChipProps {
  state: PromotionState;
  text: string;
  /** An approved one whose run has to wait: nothing is under way. */
  isWaiting?: boolean;
}

/** The pill that says where a promotion stands. */
export function StateChip({ state, text, isWaiting }: StateChipProps) {
  return (
    <span className="inline-flex max-w-64 min-w-0">
      <Chip tone={isWaiting ? 'wait' : stateTone(state)} hasDot title={text}>
        <UnsafeText text={text} />
      </Chip>
    </span>
  );
}
