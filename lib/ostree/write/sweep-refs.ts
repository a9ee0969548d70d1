import { AppError } from '../../errors';
import type { Checksum } from '../format/checksum';
import { METADATA_REF, quoteName, refNameProblem } from '../format/ref-name';
import { listRefNames, listRefs, type RefEntry } from '../repo/list-refs';
import type { Repo } from '../repo/open-repo';
import { readSummary } from '../repo/read-summary';
import { asWriteError } from './io-error';
import { unlinkIfThere } from './remove-objects';
import { syncDirectory } from './write-durable-file';

/** What glnx_link_tmpfile_at leaves when it is killed between link and rename. */
const TEMPORARY = /(?:^|\/)tmp\.[A-Za-z0-9]{6}$/;
/** Younger ones may belong to an `ostree` that is at work. */
const LEFTOVER_AFTER_SECONDS = 3600;

export interface SweepOptions {
  /** What time it is. */
  now?: Date;
  /** Those of `listRefs` with mirrors, for whoever has listed them under the same lock. */
  refs?: readonly RefEntry[];
}

export interface SweepResult {
  /** Leftovers that were removed. */
  removed: string[];
  /** Refs with names that Treeline would not write; they were served before, and stay. */
  carried: string[];
}

/**
 * Looks at the names of all refs before a summary is made of them. A temporary file in a refs folder is a ref
 * to libostree, and would be published as one: it is removed where it is old and says what another ref says, and
 * refused otherwise. Names that break R-26 are carried while they stand in the present summary as they are.
 *
 * @throws AppError `ostree/ref-invalid` naming the ref, with what to do; `ostree/repo-read-only`, `ostree/io-failed`
 */
export function sweepRefs(repo: Repo, { now = new Date(), refs: listed }: SweepOptions = {}): SweepResult {
  // Those that a summary lists: the repository's own, and those that it mirrors.
  const options = { includeMirrors: true };
  // Most repositories have no other names, and some have thousands of refs: then none is read here.
  const names = listed?.map(({ ref }) => ref) ?? listRefNames(repo, options);
  if (names.every((ref) => problemOf(ref) === null)) return { removed: [], carried: [] };
  const refs = listed ?? listRefs(repo, options);
  const removed = removeLeftovers(repo, refs, now);
  let served: Map<string, Checksum> | null = null;
  const carried: string[] = [];
  for (const entry of refs) {
    const { ref, checksum } = entry;
    if (removed.includes(entry)) continue;
    const problem = problemOf(ref);
    if (problem === null) continue;
    const isTemporary = TEMPORARY.test(ref);
    served ??= servedRefs(repo);
    if (!isTemporary && served.get(keyOf(entry)) === checksum) {
      carried.push(ref);
      continue;
    }
    const advice = isTemporary ? 'wait for the ostree that makes it, or remove it' : 'delete or rename it';
    throw new AppError('ostree/ref-invalid', `ref ${quoteName(ref)} of ${repo.path} ${problem}: ${advice}`, {
      details: { ref, path: repo.path },
    });
  }
  return { removed: removed.map(({ ref }) => ref), carried };
}

/** What is wrong with the name; null for those that Treeline would write, and for libostree's own. */
function problemOf(ref: string): string | null {
  return ref === METADATA_REF ? null : refNameProblem(ref);
}

function keyOf({ ref, collectionId }: Pick<RefEntry, 'ref' | 'collectionId'>): string {
  return `${collectionId ?? ''} ${ref}`;
}

/** What the present summary lists, by keyOf. */
function servedRefs(repo: Repo): Map<string, Checksum> {
  const served = new Map<string, Checksum>();
  const summary = readSummary(repo)?.summary;
  for (const { ref, checksum } of summary?.refs ?? [])
    served.set(keyOf({ ref, collectionId: null }), checksum);
  for (const [collectionId, refs] of summary?.collectionRefs ?? []) {
    for (const { ref, checksum } of refs) served.set(keyOf({ ref, collectionId }), checksum);
  }
  return served;
}

function removeLeftovers(repo: Repo, refs: readonly RefEntry[], now: Date): RefEntry[] {
  const kept = new Set<Checksum>(
    refs.filter(({ ref }) => !TEMPORARY.test(ref)).map(({ checksum }) => checksum),
  );
  const removed: RefEntry[] = [];
  for (const entry of refs) {
    const { ref, checksum, collectionId } = entry;
    if (!TEMPORARY.test(ref) || !kept.has(checksum)) continue;
    const folder = collectionId === null ? 'refs/heads' : `refs/mirrors/${collectionId}`;
    const path = `${folder}/${ref}`;
    const stat = repo.fs.lstat(`${repo.root}/${path}`);
    if (stat === null || now.getTime() / 1000 - stat.mtimeSeconds < LEFTOVER_AFTER_SECONDS) continue;
    try {
      unlinkIfThere(repo, path);
      syncDirectory(repo, `${repo.root}/${path.slice(0, path.lastIndexOf('/'))}`);
    } catch (error) {
      throw asWriteError(repo, `removing ${path} from`, error);
    }
    removed.push(entry);
  }
  return removed;
}
