/** How long after the lease of a run has ended a person is told so, in milliseconds: another worker is quicker. */
const silenceMilliseconds = 10_000;

/**
 * Since when nobody has said that he is at work on a run that is under way; null where somebody has, or nobody need.
 * A worker that is dead is followed by another at once, since the kernel drops its lock. So either none is running,
 * or the one that has the run stands still and holds the lock of the target, which nobody may take from it.
 */
export function stalledSince(run: { state: string; leaseExpiresAt: Date | null }, now: Date): Date | null {
  if (run.state !== 'running' || run.leaseExpiresAt === null) return null;
  return now.getTime() - run.leaseExpiresAt.getTime() > silenceMilliseconds ? run.leaseExpiresAt : null;
}
