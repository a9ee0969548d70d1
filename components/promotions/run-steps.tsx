'use client';

import { useNow } from '@/components/ui/now-provider';
import { UnsafeText } from '@/components/ui/unsafe-text';
import { VisuallyHidden } from '@/components/ui/visually-hidden';
import type { RunDto, RunStepDto } from '@/lib/contracts/promotion';
import { StepIcon } from './step-icon';
import { spokenStepState, stepText } from './step-text';

export interface RunStepsProps {
  run: RunDto;
  /** Shows the lines of every step, not only of the one that is under way or went wrong. */
  isDetailed?: boolean;
}

/** The steps of a run with their durations, what they say, and what went wrong where. */
export function RunSteps({ run, isDetailed }: RunStepsProps) {
  const now = useNow();
  return (
    <ol className="py-2" aria-label={`Steps of attempt ${run.attempt}`}>
      {run.steps.map((step) => (
        <li
          key={step.name}
          aria-current={step.state === 'running' || step.state === 'retrying' ? 'step' : undefined}
          className="grid grid-cols-[20px_1fr_auto] items-center gap-x-2 px-3.5 py-[5px]"
        >
          <StepIcon state={step.state} />
          <span
            className={step.state === 'waiting' ? 'text-faint' : step.state === 'failed' ? 'text-bad' : ''}
          >
            {step.name}
            <VisuallyHidden>, {spokenStepState(step)}</VisuallyHidden>
          </span>
          <span className={`tabular-nums ${step.state === 'retrying' ? 'text-wait' : 'text-faint'}`}>
            {stepText(step, now)}
          </span>
          {step.state === 'running' && step.fraction !== null ? <Share fraction={step.fraction} /> : null}
          <StepLines step={step} isShown={isDetailed === true || step.state !== 'done'} />
          {step.error === null ? null : <StepError step={step} error={step.error} />}
        </li>
      ))}
    </ol>
  );
}

function Share({ fraction }: { fraction: number }) {
  return (
    <span
      aria-hidden="true"
      className="col-start-2 col-end-4 mt-1 h-1 overflow-hidden rounded-full bg-sunken"
    >
      <span
        className="block h-full rounded-full bg-run transition-[width] duration-300"
        style={{ width: `${fraction * 100}%` }}
      />
    </span>
  );
}

function StepLines({ step, isShown }: { step: RunStepDto; isShown: boolean }) {
  if (!isShown || step.lines.length === 0) return null;
  return (
    <div className="col-start-2 col-end-4 mt-1 mb-1 rounded-md bg-sunken px-2.5 py-1.5 font-mono text-xs leading-normal break-words text-muted">
      {step.lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added at the end.
        <div key={index}>
          <UnsafeText text={line} />
        </div>
      ))}
    </div>
  );
}

function StepError({ step, error }: { step: RunStepDto; error: { code: string; message: string } }) {
  const isFinal = step.state === 'failed';
  return (
    <div
      className={`col-start-2 col-end-4 mt-1 mb-1 rounded-md border px-2.5 py-1.5 break-words ${isFinal ? 'border-bad bg-bad-soft' : 'border-wait bg-wait-soft'}`}
    >
      <UnsafeText text={error.message} />
      <span className="block font-mono text-xs text-muted">{error.code}</span>
    </div>
  );
}
