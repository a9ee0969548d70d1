import type { Checksum } from '../format/checksum';
import type { Breather } from './breather';
import { listRefs } from './list-refs';
import type { Repo } from './open-repo';
import { type Commit, findCommit } from './read-commit';
import { readSummary } from './read-summary';

export interface UnneededOptions {
  /** Commits that are needed beside those that refs and the served summary name, each with its history. */
  roots?: Iterable<Checksum>;
  /** The repository's own refs that are taken for gone already, and out of the served summary. */
  withoutRefs?: ReadonlySet<string>;
}

/**
 * Of `asked` the commits that are here and that nothing needs: no ref of any kind, entry of the served summary or root leads to
 * them, by history. Changes nothing.
 *
 * @returns them in the order of `asked`, and how many of those that are here are needed
 * @throws AppError `ostree/ref-invalid`, `ostree/summary-invalid`, `ostree/object-corrupt` where what is needed can't be known;
 *   `ostree/aborted`
 */
export async function findUnneededCommits(
  repo: Repo,
  asked: Iterable<Checksum>,
  { roots = [], withoutRefs = new Set() }: UnneededOptions,
  breather: Breather,
): Promise<{ commits: Checksum[]; needed: number }> {
  const here = [...new Set(asked)].filter((checksum) => findCommit(repo, checksum) !== null);
  if (here.length === 0) return { commits: [], needed: 0 };
  const needed = new Set<Checksum>();
  for (const root of [...rootsOf(repo, withoutRefs), ...roots]) {
    for (let next: Checksum | null = root; next !== null && !needed.has(next); ) {
      needed.add(next);
      const commit: Commit | null = findCommit(repo, next);
      next = commit?.parent ?? null;
      if (breather.isDue()) await breather.breathe();
    }
  }
  const commits = here.filter((checksum) => !needed.has(checksum));
  return { commits, needed: here.length - commits.length };
}

function rootsOf(repo: Repo, withoutRefs: ReadonlySet<string>): Checksum[] {
  const isThere = (entry: { ref: string; collectionId?: string | null }) =>
    (entry.collectionId ?? null) !== null || !withoutRefs.has(entry.ref);
  const refs = listRefs(repo, { includeRemotes: true, includeMirrors: true }).filter(isThere);
  const summary = readSummary(repo)?.summary;
  const listed = (summary?.refs ?? []).filter(({ ref }) => !withoutRefs.has(ref));
  const others = [...(summary?.collectionRefs.values() ?? [])].flat();
  return [...refs, ...listed, ...others].map(({ checksum }) => checksum);
}
