import { Chip } from '@/components/ui/chip';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { PromotionState } from '@/lib/contracts/promotion';
import { stateTone } from './state-tone';

/** The pill that says where a promotion stands. */
export function StateChip({ state, text }: { state: PromotionState; text: string }) {
  return (
    <span className="inline-flex max-w-64 min-w-0">
      <Chip tone={stateTone(state)} hasDot title={text}>
        <UnsafeText text={text} />
      </Chip>
    </span>
  );
}
