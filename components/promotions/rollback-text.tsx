import type { PlanKind } from '@/lib/contracts/promotion';

export type RollbackKind = Exclude<PlanKind, 'promote' | 'remove'>;

/** What a kind of rollback does, and what devices make of it: to be read before anybody asks or approves. */
export function RollbackText({ kind, stage }: { kind: RollbackKind; stage: string }) {
  const code = 'text-sm break-words';
  return (
    <ul className="grid list-disc gap-1 pl-4">
      {kind === 'roll-forward' ? (
        <>
          <li>
            A new commit with the old tree goes on top of the head: the same files, a later time, and a
            checksum of its own.
          </li>
          <li>
            Devices take it as an ordinary update. <code className={code}>ostree admin upgrade</code> installs
            it, and clients that check timestamps accept it.
          </li>
        </>
      ) : (
        <>
          <li>The ref is set to the old commit itself: its checksum, its time and its signatures.</li>
          <li>
            <b className="font-semibold text-bad">Devices that check timestamps refuse</b> a commit that is
            older than what they have: <code className={code}>ostree admin upgrade</code> needs{' '}
            <code className={code}>--allow-downgrade</code> on each of them, and{' '}
            <code className={code}>ostree pull --timestamp-check</code> fails. Clients that don’t check go
            back with their next pull.
          </li>
          <li>
            What came after it is in no ref’s history any more: it can be taken back until somebody prunes{' '}
            {stage}.
          </li>
        </>
      )}
      <li>
        Every object of the old commit is hashed before a ref moves. Afterwards each ref is held: no promotion
        moves it until somebody lifts the hold.
      </li>
    </ul>
  );
}
