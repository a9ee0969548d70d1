import type { AppErrorCode } from '../../errors';
import type { Checksum } from '../format/checksum';
import { isCollectionId } from '../format/collection-id';
import { objectName } from '../format/object-path';
import { isListableRef, quoteName } from '../format/ref-name';
import { describeFault } from './check-objects';
import { commitsBeginningWith } from './commits-beginning-with';
import { listRefs, type RefEntry } from './list-refs';
import type { Repo } from './open-repo';
import { type Commit, commitState, findCommit } from './read-commit';
import { readRefFile } from './read-ref-file';

export interface CheckRefsOptions {
  /** Also checks that the commit of each ref is bound to it, as clients do (`ostree fsck --verify-bindings`). */
  verifyBindings?: boolean;
  /** Also checks that each ref that a commit is bound to leads to it (`--verify-back-refs`): history never does. */
  verifyBackRefs?: boolean;
}

/** What is wrong with a ref. */
export interface RefProblem {
  readonly code: AppErrorCode;
  readonly object: string | null;
  readonly commit: Checksum | null;
  readonly ref: string | null;
  /** Of a mirrored ref; null for all others. */
  readonly collectionId: string | null;
  readonly message: string;
}

/**
 * Looks at every ref of every kind: that it holds a checksum, and that its commit is here and not marked as partial, which
 * libostree passes over (LAB-5); and at bindings where that is asked for.
 * @see libostree `fsck_commit_for_ref`, `_ostree_repo_verify_bindings`
 */
export function checkRefs(repo: Repo, options: CheckRefsOptions = {}): RefProblem[] {
  const problems: RefProblem[] = [];
  const onInvalid = (error: unknown, ref: string): void => {
    problems.push({ ...NOTHING, ...describeFault(error, `${quoteName(ref)} in ${repo.path}`), ref });
  };
  for (const entry of listRefs(repo, { includeRemotes: true, includeMirrors: true, onInvalid })) {
    const state = commitState(repo, entry.checksum);
    if (state === 'partial')
      problems.push(toProblem(repo, entry, 'ostree/commit-partial', 'is marked as partial'));
    if (state === 'absent') problems.push(toProblem(repo, entry, 'ostree/object-missing', 'is missing'));
    const why = options.verifyBindings && state !== 'absent' ? whyUnbound(repo, entry) : null;
    if (why !== null) problems.push(toProblem(repo, entry, 'ostree/binding-mismatch', why));
  }
  if (options.verifyBackRefs) problems.push(...checkBackRefs(repo));
  return problems;
}

const NOTHING = { object: null, commit: null, ref: null, collectionId: null } as const;

function toProblem(repo: Repo, entry: RefEntry, code: AppErrorCode, what: string): RefProblem {
  const { ref, checksum, collectionId } = entry;
  const whose = collectionId === null ? '' : ` of collection ${collectionId}`;
  const message = `ref ${ref}${whose} of ${repo.path} names commit ${checksum}, which ${what}`;
  return { code, object: objectName(checksum, 'commit'), commit: checksum, ref, collectionId, message };
}

/** Null where a client that asks for this ref would take the commit. */
function whyUnbound(repo: Repo, { ref, checksum, collectionId }: RefEntry): string | null {
  const commit = readIfPossible(repo, checksum);
  if (commit === null) return null;
  const isRemote = ref.includes(':');
  const collection = collectionId ?? (isRemote ? null : repo.config.collectionId);
  const name = ref.slice(ref.indexOf(':') + 1);
  const { refBindings, collectionBinding } = commit;
  if (refBindings === null) return collection === null ? null : 'is bound to no ref';
  if (!refBindings.includes(name)) return `is not bound to it, but to ${refBindings.join(', ') || 'no ref'}`;
  if (collection === null || collectionBinding === collection) return null;
  return `is bound to ${collectionBinding === null ? 'no collection' : `collection ${collectionBinding}`}`;
}

function checkBackRefs(repo: Repo): RefProblem[] {
  return commitsBeginningWith(repo, '').flatMap((checksum) => {
    const { refBindings, collectionBinding } = readIfPossible(repo, checksum) ?? {};
    return (refBindings ?? []).flatMap((ref): RefProblem[] => {
      const found = resolveBinding(repo, ref, collectionBinding ?? null);
      if (found === checksum) return [];
      const what = found === null ? 'does not exist' : `names ${found}`;
      const message = `commit ${checksum} of ${repo.path} is bound to ref ${ref}, which ${what}`;
      const object = objectName(checksum, 'commit');
      return [
        { code: 'ostree/binding-mismatch', object, commit: checksum, ref, collectionId: null, message },
      ];
    });
  });
}

/** What a ref of the binding's collection leads to; null where there is none, or none that can be read. */
function resolveBinding(repo: Repo, ref: string, collection: string | null): Checksum | null {
  const isOwn = collection === null || collection === repo.config.collectionId;
  // A commit may call itself bound to whatever its maker likes.
  if (!isListableRef(ref) || !(isOwn || isCollectionId(collection))) return null;
  const base = isOwn ? 'refs/heads' : `refs/mirrors/${collection}`;
  return unlessFaulty(() => readRefFile(repo, `${base}/${ref}`, base));
}

/** Null for a commit that cannot be read: that is reported where objects are checked. */
function readIfPossible(repo: Repo, checksum: Checksum): Commit | null {
  return unlessFaulty(() => findCommit(repo, checksum));
}

/** Null in place of whatever may be wrong with a repository. A bug is thrown. */
function unlessFaulty<T>(read: () => T | null): T | null {
  try {
    return read();
  } catch (error) {
    describeFault(error, '');
    return null;
  }
}
