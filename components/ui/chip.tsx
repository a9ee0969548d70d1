import type { ReactNode } from 'react';

export type ChipTone = 'none' | 'ok' | 'run' | 'wait' | 'bad' | 'stale';

const TONES: Record<ChipTone, string> = {
  none: 'bg-none-soft text-muted',
  ok: 'bg-ok-soft text-ok',
  run: 'bg-run-soft text-run',
  wait: 'bg-wait-soft text-wait',
  bad: 'bg-bad-soft text-bad',
  stale: 'bg-stale-soft text-stale',
};

export interface ChipProps {
  tone: ChipTone;
  hasDot?: boolean;
  title?: string;
  children: ReactNode;
}

/** A pill that names a state. Colour supports the words, it never stands for them. */
export function Chip({ tone, hasDot, title, children }: ChipProps) {
  return (
    <span
      title={title}
      className={`inline-flex max-w-full items-center gap-[5px] rounded-full px-2 py-px text-xs font-[550] ${TONES[tone]}`}
    >
      {hasDot ? <i aria-hidden="true" className="size-1.5 shrink-0 rounded-full bg-current" /> : null}
      <span className="min-w-0 truncate">{children}</span>
    </span>
  );
}
