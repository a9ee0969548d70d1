import { Chip } from '@/components/ui/chip';
import type { BoardEdgeDto } from '@/lib/contracts/board';

/** Says that an edge promotes refs by itself, and that nobody approves it where that is so; nothing where it does not. */
export function AutomaticChip({ automatic }: Pick<BoardEdgeDto, 'automatic'>) {
  if (automatic === null) return null;
  const what = `${automatic.refs.join(', ')}: Treeline asks for each new head whose checks pass`;
  return (
    <>
      <Chip tone="run" title={what}>
        automatic
      </Chip>
      {automatic.approval === 'none' ? (
        <Chip tone="bad" title="Nobody approves what this edge promotes by itself">
          no approval
        </Chip>
      ) : null}
    </>
  );
}
