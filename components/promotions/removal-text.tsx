/** What a removal does, in its order: to be read before anybody asks or approves. */
export function RemovalText({ stage, graceHours }: { stage: string; graceHours: number | undefined }) {
  const code = 'text-sm break-words';
  return (
    <ul className="grid list-disc gap-1 pl-4">
      <li>
        First a summary without the refs is signed and published, then the refs are deleted. From then on{' '}
        <b className="font-semibold text-bad">devices that follow them find nothing</b>:{' '}
        <code className={code}>ostree admin upgrade</code> fails until they are rebased to another ref.
      </li>
      <li>
        The commits stay{graceHours === undefined ? ' for a while' : ` for ${graceHours} h`}, so that clients
        finish what they have begun. Then those that nothing needs are deleted. Until then release managers
        and admins can keep them, on the page of {stage}.
      </li>
      <li>
        Automatic promotion leaves the refs alone until somebody lifts that hold. Promoting one again brings
        it back.
      </li>
    </ul>
  );
}
