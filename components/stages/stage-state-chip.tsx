import { Chip } from '@/components/ui/chip';
import { RelativeTime } from '@/components/ui/relative-time';
import type { StageState } from './stage-state';

/** The pill that says how a stage is. */
export function StageStateChip({ state }: { state: StageState }) {
  return (
    <Chip tone={state.tone} hasDot title={state.why ?? undefined}>
      {state.text}
      {state.at === null ? null : (
        <>
          {' '}
          <RelativeTime iso={state.at} />
        </>
      )}
    </Chip>
  );
}
