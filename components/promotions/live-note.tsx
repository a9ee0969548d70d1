import type { LiveState } from './follow-events';

const WORDS: Record<LiveState, string> = {
  idle: '',
  connecting: '',
  live: 'live',
  polling: 'reconnecting, asking every 2 s meanwhile',
};

/** Whether the page follows by itself; and, for those who don't see the pill change, what it says now. */
export function LiveNote({ live, stateText }: { live: LiveState; stateText: string }) {
  return (
    <>
      {WORDS[live] === '' ? null : (
        <span className="inline-flex items-center gap-1.5 text-sm text-faint">
          <i
            aria-hidden="true"
            className={`size-1.5 rounded-full ${live === 'live' ? 'bg-brand' : 'bg-wait'}`}
          />
          {WORDS[live]}
        </span>
      )}
      <span role="status" className="sr-only">
        {stateText.replace(/\s\d+%$/, '')}
      </span>
    </>
  );
}
