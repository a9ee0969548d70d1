import { ArrowRight } from 'lucide-react';
import type { BoardEdgeDto } from '@/lib/contracts/board';

export interface EdgePickerProps {
  edges: readonly BoardEdgeDto[];
  value: string | null;
  onChange: (edgeId: string) => void;
}

/** Which way to go: one edge of the pipeline. */
export function EdgePicker({ edges, value, onChange }: EdgePickerProps) {
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium">Edge</legend>
      <div className="flex flex-wrap gap-2">
        {edges.map((edge) => (
          <label
            key={edge.id}
            className="flex min-h-8 cursor-pointer items-center gap-2 rounded-md border border-field bg-panel px-3 py-1.5 hover:bg-hover has-checked:border-brand has-checked:bg-brand-soft has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus"
          >
            <input
              type="radio"
              name="edge"
              value={edge.id}
              checked={edge.id === value}
              onChange={() => onChange(edge.id)}
              className="size-3.5 accent-brand outline-none"
            />
            <span className="inline-flex items-center gap-1.5 font-semibold">
              {edge.from}
              <ArrowRight aria-label="to" className="size-3.5 text-faint" />
              {edge.to}
            </span>
            <span className="text-muted">
              {edge.aheadCount === 0
                ? 'nothing to move'
                : `${edge.aheadCount} ${edge.aheadCount === 1 ? 'ref' : 'refs'} ahead`}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
