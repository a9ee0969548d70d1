import { type Checksum, findCommit, type RefEntry, type Repo } from '../ostree';

/** More than this many commits are not looked at: what lies further behind is no place to go on from. */
const COMMITS_MAX = 20_000;

/**
 * Of `refs` those at a later commit of the same history: `ancestor` is behind their head. Each commit is looked at once, however
 * many histories it is part of.
 */
export function leadingTo(repo: Repo, ancestor: Checksum, refs: readonly RefEntry[]): string[] {
  const known = new Map<Checksum, boolean>([[ancestor, true]]);
  let budget = COMMITS_MAX;
  const leads = (head: Checksum): boolean => {
    const path: Checksum[] = [];
    let at: Checksum | null = head;
    while (at !== null && !known.has(at) && budget > 0) {
      path.push(at);
      budget -= 1;
      at = findCommit(repo, at)?.parent ?? null;
    }
    const found = at !== null && known.get(at) === true;
    for (const each of path) known.set(each, found);
    return found;
  };
  return refs.filter(({ checksum }) => checksum !== ancestor && leads(checksum)).map(({ ref }) => ref);
}
