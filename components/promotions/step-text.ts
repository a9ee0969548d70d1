import { formatDuration } from '@/components/ui/format-relative-time';
import type { RunStepDto } from '@/lib/contracts/promotion';

/**
 * What stands at the right of a step: its duration, its share done, or its state in a word.
 * @param now milliseconds since 1970
 */
export function stepText(step: RunStepDto, now: number): string {
  switch (step.state) {
    case 'waiting':
      return '';
    case 'running':
      if (step.fraction !== null) return `${Math.floor(step.fraction * 100)}%`;
      return step.startedAt === null ? '' : formatDuration(now - Date.parse(step.startedAt));
    case 'retrying':
      return 'retrying';
    case 'done':
    case 'failed':
      return span(step);
  }
}

function span(step: RunStepDto): string {
  if (step.startedAt === null || step.endedAt === null) return step.state === 'failed' ? 'failed' : '';
  return formatDuration(Date.parse(step.endedAt) - Date.parse(step.startedAt));
}

const SPOKEN: Record<RunStepDto['state'], string> = {
  waiting: 'not begun',
  running: 'under way',
  retrying: 'retrying',
  done: 'done',
  failed: 'failed',
};

/** A step's state in words, for those who don't see the mark. */
export function spokenStepState(step: RunStepDto): string {
  return SPOKEN[step.state];
}
