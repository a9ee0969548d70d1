import { Check, RotateCw, X } from 'lucide-react';
import type { RunStepDto } from '@/lib/contracts/promotion';

/** The mark before a step: empty, turning, retrying, done or failed. The words stand beside it. */
export function StepIcon({ state }: { state: RunStepDto['state'] }) {
  switch (state) {
    case 'waiting':
      return <span aria-hidden="true" className="size-3.5 rounded-full border-2 border-line-strong" />;
    case 'running':
      return (
        <span
          aria-hidden="true"
          className="turning size-3.5 rounded-full border-2 border-run border-r-transparent"
        />
      );
    case 'retrying':
      return <RotateCw aria-hidden="true" className="size-3.5 text-wait" strokeWidth={2.5} />;
    case 'done':
      return (
        <span aria-hidden="true" className="grid size-3.5 place-items-center rounded-full bg-ok text-panel">
          <Check className="size-2.5" strokeWidth={3.5} />
        </span>
      );
    case 'failed':
      return (
        <span aria-hidden="true" className="grid size-3.5 place-items-center rounded-full bg-bad text-panel">
          <X className="size-2.5" strokeWidth={3.5} />
        </span>
      );
  }
}
