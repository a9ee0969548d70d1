'use client';

import { Fragment } from 'react';
import { Card } from '@/components/ui/card';
import { Chip, type ChipTone } from '@/components/ui/chip';
import { formatDuration } from '@/components/ui/format-relative-time';
import { useNow } from '@/components/ui/now-provider';
import { RelativeTime } from '@/components/ui/relative-time';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { PromotionState, RunDto, WaitDto } from '@/lib/contracts/promotion';
import { RunSteps } from './run-steps';
import { WaitText } from './wait-text';

const STATES: Record<RunDto['state'], { tone: ChipTone; text: string }> = {
  queued: { tone: 'run', text: 'waiting for a worker' },
  running: { tone: 'run', text: 'running' },
  done: { tone: 'ok', text: 'done' },
  failed: { tone: 'bad', text: 'failed' },
  stale: { tone: 'stale', text: 'stale' },
  cancelled: { tone: 'none', text: 'cancelled' },
};

const WAITING = { tone: 'wait', text: 'waiting' } as const;

export interface RunCardProps {
  run: RunDto | null;
  state: PromotionState;
  /** What a queued run waits for. */
  waits: readonly WaitDto[];
  isDetailed?: boolean;
}

/** One attempt to carry the promotion out, step by step. */
export function RunCard({ run, state, waits, isDetailed }: RunCardProps) {
  if (run === null) {
    return (
      <Card title="Run">
        <p className="text-muted">{NO_RUN[state] ?? 'It was never run.'}</p>
      </Card>
    );
  }
  const isWaiting = run.state === 'queued' && waits.length > 0;
  const { tone, text } = isWaiting ? WAITING : STATES[run.state];
  return (
    <Card
      title={run.attempt === 1 ? 'Run' : `Run, attempt ${run.attempt}`}
      isFlush
      actions={
        <>
          <RunSpan run={run} />
          <Chip tone={tone} hasDot>
            {text}
          </Chip>
        </>
      }
    >
      {isWaiting ? (
        <p className="border-b border-line bg-wait-soft px-3.5 py-2 break-words">
          Waits:{' '}
          {waits.map((wait, at) => (
            <Fragment key={wait.code}>
              {at === 0 ? null : '; '}
              <WaitText wait={wait} />
            </Fragment>
          ))}
          .
        </p>
      ) : null}
      <RunNotice run={run} />
      <RunSteps run={run} isDetailed={isDetailed} />
    </Card>
  );
}

const NO_RUN: Partial<Record<PromotionState, string>> = {
  requested: 'It starts by itself once the plan is approved. Every step is shown here as it happens.',
  approved: 'Approved. A worker takes it up in a moment.',
};

function RunSpan({ run }: { run: RunDto }) {
  const now = useNow();
  if (run.startedAt === null) return null;
  const end = run.endedAt === null ? now : Date.parse(run.endedAt);
  return <span className="text-faint tabular-nums">{formatDuration(end - Date.parse(run.startedAt))}</span>;
}

/** Whether the target's refs name the new commits already. */
function isPastRefs(run: RunDto): boolean {
  return run.steps.some((step) => step.name === 'update-refs' && step.state === 'done');
}

/** What an error of the whole run lies on, where it is no failure. */
const GROUNDS: Partial<Record<RunDto['state'], string>> = { stale: 'bg-stale-soft', cancelled: 'bg-sunken' };

/** What is to be known of the whole run: an error, or when it is tried again. */
function RunNotice({ run }: { run: RunDto }) {
  const isInStep = run.error !== null && run.steps.some((step) => step.error?.message === run.error?.message);
  const now = useNow();
  if (run.retryAt !== null && run.endedAt === null) {
    return (
      <p className="border-b border-line bg-wait-soft px-3.5 py-2">
        {isPastRefs(run) ? 'The target’s refs are changed already, so the run only goes forward. ' : null}
        {Date.parse(run.retryAt) <= now ? (
          'It tries again now.'
        ) : (
          <>
            It tries again <RelativeTime iso={run.retryAt} />.
          </>
        )}
      </p>
    );
  }
  if (run.stalled !== null) return <StalledNotice stalled={run.stalled} />;
  if (run.error === null || isInStep) return null;
  return (
    <p className={`border-b border-line px-3.5 py-2 break-words ${GROUNDS[run.state] ?? 'bg-bad-soft'}`}>
      <UnsafeText text={run.error.message} />
      <span className="block font-mono text-xs text-muted">{run.error.code}</span>
    </p>
  );
}

/** The lock is the kernel's: nobody may take it from a process that may go on at any moment. */
function StalledNotice({ stalled }: { stalled: NonNullable<RunDto['stalled']> }) {
  return (
    <p role="status" className="border-b border-line bg-wait-soft px-3.5 py-2">
      No sign of life from its worker since <RelativeTime iso={stalled.since} />. Either no worker is running,
      or <code className="text-sm break-all">{stalled.worker}</code> stands still and holds the lock of the
      target: then nobody else may change it. The run goes on when that process does, or by another worker as
      soon as it is ended.
    </p>
  );
}
