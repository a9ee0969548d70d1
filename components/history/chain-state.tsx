import { ShieldAlert, ShieldCheck } from 'lucide-react';
import { CopyButton } from '@/components/ui/copy-button';
import type { ChainStateDto } from '@/lib/contracts/audit';

/** Whether the log is as it was written: the state of its hash chain. */
export function ChainState({ chain }: { chain: ChainStateDto }) {
  const events = `${chain.events.toLocaleString('en-GB')} ${chain.events === 1 ? 'event' : 'events'}`;
  if (!chain.isIntact) {
    return (
      <div
        role="alert"
        className="flex items-start gap-2.5 rounded-md border border-bad bg-bad-soft px-3 py-2.5"
      >
        <ShieldAlert aria-hidden="true" className="mt-px size-4 shrink-0 text-bad" />
        <p>
          <b className="font-semibold text-bad">The log was changed outside Treeline.</b> The chain of{' '}
          {events} breaks at event {chain.badSeq ?? 'unknown'}. Compare with an export or a backup from
          before, and find out who could write to the database.
        </p>
      </div>
    );
  }
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5 text-muted">
      <ShieldCheck aria-hidden="true" className="size-4 shrink-0 text-ok" />
      <span>
        <b className="font-semibold text-ok">Chain intact</b>, {events}
      </span>
      {chain.headHash === null ? null : (
        <span className="inline-flex items-center gap-0.5">
          head{' '}
          <code className="text-sm" title={chain.headHash}>
            {chain.headHash.slice(0, 10)}
          </code>
          <CopyButton text={chain.headHash} label="head of the chain" />
        </span>
      )}
    </p>
  );
}
