/** How far back a history is looked at, in commits: when a plan is made, and when it is carried out. */
export const HISTORY_COMMITS_MAX = 1000;

/** What makes two commits the same along an edge: their checksum, or in `recommit`, which makes them anew, that of their tree. */
export function identityOf(
  mode: 'identity' | 'recommit',
  commit: { checksum: string; contentChecksum: string },
): string {
  return mode === 'identity' ? commit.checksum : commit.contentChecksum;
}
