/** How far back a history is looked at, in commits: when a plan is made, and when it is carried out. */
export const HISTORY_COMMITS_MAX = 1000;

/** What makes two commits the same along an edge: their checksum, or in `recommit`, which makes them anew, that of their tree. */
export function identityOf(
  mode: 'identity' | 'recommit',
  commit: { checksum: string; contentChecksum: string },
): string {
  return mode === 'identity' ? commit.checksum : commit.contentChecksum;
}

/** What of a commit decides how two histories stand to each other. */
export interface HistoryCommit {
  checksum: string;
  contentChecksum: string;
}

/**
 * How many commits of `source`, newest first, come before what stands for the head of `target`; null where nothing in it does.
 * By identity that is the head itself. Where the head was rolled forward, and so is a commit that only the target has, its tree
 * stands for it: the source has it, too, and everything that the target has on top of what the source has.
 */
export function distanceToHead(
  mode: 'identity' | 'recommit',
  source: Iterable<HistoryCommit>,
  target: () => Iterable<HistoryCommit>,
): number | null {
  const [head] = target();
  if (head === undefined) return null;
  const places = new Map<string, number>();
  const contents = new Map<string, number>();
  let count = 0;
  for (const commit of source) {
    const id = identityOf(mode, commit);
    if (id === identityOf(mode, head)) return count;
    places.set(id, count);
    if (!contents.has(commit.contentChecksum)) contents.set(commit.contentChecksum, count);
    count += 1;
  }
  for (const commit of target()) {
    if (places.has(identityOf(mode, commit))) return contents.get(head.contentChecksum) ?? null;
    if (!contents.has(commit.contentChecksum)) return null;
  }
  return null;
}
