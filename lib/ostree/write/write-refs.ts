import { AppError, errnoOf } from '../../errors';
import type { Checksum } from '../format/checksum';
import { parseRefName, quoteName, type RefName } from '../format/ref-name';
import { listAliases } from '../repo/list-aliases';
import type { Repo } from '../repo/open-repo';
import { commitState } from '../repo/read-commit';
import { findRefPlace } from '../repo/ref-place';
import { resolveRef } from '../repo/resolve-rev';
import { asWriteError } from './io-error';
import type { RepoLock } from './lock';
import { removeTemporaryFile, syncDirectory, writeTemporaryFile } from './write-durable-file';

export interface RefWrite {
  /** `os/main`; `origin:os/main` of a remote; `(org.example.Os, os/main)` or `org.example.Os:os/main` of a collection. */
  ref: string;
  /** What the ref must hold: a commit, null for no ref at all, undefined for whatever it is. */
  expected: Checksum | null | undefined;
  to: Checksum;
}

/** Where a ref lies: its folder below the root, and its name in there. */
type RefPlace = { readonly ref: string; readonly directory: string; readonly name: RefName };
type PlannedWrite = RefWrite & RefPlace;

export interface WriteRefsOptions {
  /**
   * The shared lock that the caller holds on the repository: it is made exclusive for the last check and the renames, so
   * that not even a writer that takes libostree's shared lock can come between (R-29, `strictCas`).
   */
  strictLock?: RepoLock;
}

/**
 * Moves refs, those of remotes and of other collections too, each by compare and swap, durably: when this returns, a power cut loses none of
 * them; before, each is the old or the new one. All are checked before the first is written, so a
 * refused one leaves every ref as it was. The caller holds the shared repository lock and, for a stage, the product
 * lock. A crash between two renames leaves some refs moved: doing it again with `expected` undefined completes it.
 *
 * @throws AppError `ostree/ref-invalid`, `ostree/ref-moved` when a ref does not hold what is expected,
 * `ostree/object-missing` or `ostree/commit-partial` when the commit is not whole, `ostree/ref-conflict` when a ref and
 * a folder of refs would share a name, or the ref is an alias (libostree puts a ref in its place), `ostree/no-space`, `ostree/io-failed`;
 * `ostree/lock-timeout` where `strictLock` can't be made exclusive at once, with every ref as it was
 */
export function writeRefs(repo: Repo, writes: readonly RefWrite[], options: WriteRefsOptions = {}): void {
  const planned = writes.map((write) => planWrite(repo, write));
  const names = new Set<string>(planned.map(pathOf));
  if (names.size !== planned.length) {
    throw new AppError('ostree/ref-conflict', 'a ref is to be moved twice at once');
  }
  for (const write of planned) checkWrite(repo, write, names);
  const temporaries: string[] = [];
  try {
    for (const { to } of planned) temporaries.push(writeTemporaryFile(repo, Buffer.from(`${to}\n`)));
    const place = () => {
      for (const [index, write] of planned.entries()) {
        makeParents(repo, write);
        checkExpected(repo, write);
        assertNoAlias(repo, write);
        placeRef(repo, temporaries[index] as string, pathOf(write));
        temporaries[index] = '';
      }
    };
    if (options.strictLock === undefined) place();
    else options.strictLock.whileExclusive(repo, place);
    const directories = new Set(planned.map((write) => directoryOf(pathOf(write))));
    for (const directory of directories) syncDirectory(repo, `${repo.root}/${directory}`);
    touchRoot(repo);
  } catch (error) {
    for (const path of temporaries) if (path !== '') removeTemporaryFile(repo, path);
    throw asWriteError(repo, 'writing refs in', error);
  }
}

export interface RefDeletion {
  ref: string;
  /** What the ref must hold, where it is there. */
  expected: Checksum;
}

/**
 * Deletes refs, each by compare and swap, durably; one that is not there stays so. All are checked before the first
 * goes. Folders that are left empty stay: the next ref of that name takes their place. The caller holds the shared
 * repository lock and, for a stage, the product lock. Done again after a crash it deletes the rest.
 *
 * @throws AppError `ostree/ref-invalid`, `ostree/ref-moved`; `ostree/ref-conflict` where the ref is an alias, or another is an
 * alias of it; `ostree/io-failed`
 */
export function deleteRefs(repo: Repo, deletions: readonly RefDeletion[]): void {
  assertDeletableRefs(
    repo,
    deletions.map(({ ref }) => ref),
  );
  const planned = deletions.map(({ ref, expected }) => ({ expected, ...placeOf(repo, ref) }));
  const isThere = (place: RefPlace) => repo.fs.lstat(`${repo.root}/${pathOf(place)}`)?.type === 'file';
  for (const deletion of planned) if (isThere(deletion)) checkExpected(repo, deletion);
  try {
    for (const deletion of planned) {
      if (!isThere(deletion)) continue;
      checkExpected(repo, deletion);
      repo.fs.unlink(`${repo.root}/${pathOf(deletion)}`);
    }
    // Also of those that are gone already: whoever was killed after that may not have come to this.
    for (const directory of new Set(planned.map((deletion) => directoryOf(pathOf(deletion))))) {
      if (repo.fs.lstat(`${repo.root}/${directory}`)?.type !== 'directory') continue;
      syncDirectory(repo, `${repo.root}/${directory}`);
    }
    touchRoot(repo);
  } catch (error) {
    throw asWriteError(repo, 'deleting refs of', error);
  }
}

/**
 * Whether the repository can be without these refs: none is an alias, and no other ref is an alias of one.
 * @throws AppError `ostree/ref-invalid`, `ostree/ref-conflict`
 */
export function assertDeletableRefs(repo: Repo, refs: readonly string[]): void {
  for (const ref of refs) assertNoAlias(repo, placeOf(repo, ref));
  const gone = new Set(refs);
  const alias = listAliases(repo).find(({ target }) => gone.has(target));
  if (alias === undefined) return;
  throw new AppError(
    'ostree/ref-conflict',
    `ref ${quoteName(alias.ref)} of ${repo.path} is an alias of ${alias.target}: delete the alias first`,
    { details: { ref: alias.target, path: repo.path } },
  );
}

/**
 * Whether refs of these names can be written at all, to be asked before anything is brought for them: their grammar, and
 * that none is an alias.
 * @throws AppError `ostree/ref-invalid`, `ostree/ref-conflict`
 */
export function assertWritableRefs(repo: Repo, writes: readonly RefWrite[]): void {
  for (const write of writes) assertNoAlias(repo, planWrite(repo, write));
}

/** A remote's name as Treeline writes one, in ASCII. */
const REMOTE_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;

function planWrite(repo: Repo, write: RefWrite): PlannedWrite {
  return { ...write, ...placeOf(repo, write.ref) };
}

function placeOf(repo: Repo, name: string): RefPlace {
  const { directory, ref } = findRefPlace(repo, name);
  if (!REMOTE_NAME.test(directory.slice(directory.lastIndexOf('/') + 1))) {
    throw new AppError(
      'ostree/ref-invalid',
      `${quoteName(name)} is of a remote with a name of other letters`,
    );
  }
  return { ref: name, directory, name: parseRefName(ref) };
}

/** Below the repository's root. */
function pathOf({ directory, name }: RefPlace): string {
  return `${directory}/${name}`;
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function checkWrite(repo: Repo, write: PlannedWrite, names: ReadonlySet<string>): void {
  const state = commitState(repo, write.to);
  if (state !== 'complete') {
    const isAbsent = state === 'absent';
    throw new AppError(
      isAbsent ? 'ostree/object-missing' : 'ostree/commit-partial',
      `ref ${write.ref} of ${repo.path} cannot name ${write.to}: the commit is ${isAbsent ? 'not there' : 'partial'}`,
      { details: { ref: write.ref, object: `${write.to}.commit`, path: repo.path } },
    );
  }
  // `os` and `os/main` cannot both be refs, whether on disk or among those to be written.
  for (let parent = directoryOf(pathOf(write)); parent !== write.directory; parent = directoryOf(parent)) {
    const type = repo.fs.lstat(`${repo.root}/${parent}`)?.type;
    if (names.has(parent) || (type !== undefined && type !== 'directory'))
      throw conflict(repo, write.ref, parent.slice(write.directory.length + 1));
  }
  if (hasRefsBelow(repo, pathOf(write))) throw conflict(repo, write.ref, `${write.ref}/…`);
  assertNoAlias(repo, write);
  checkExpected(repo, write);
}

/** A ref in the place of an alias would leave those who follow it behind, unnoticed. */
function assertNoAlias(repo: Repo, write: RefPlace): void {
  if (repo.fs.lstat(`${repo.root}/${pathOf(write)}`)?.type !== 'symlink') return;
  throw new AppError(
    'ostree/ref-conflict',
    `ref ${write.ref} of ${repo.path} is an alias of another ref: move that one, or delete the alias first`,
    { details: { ref: write.ref, path: repo.path } },
  );
}

function checkExpected(
  repo: Repo,
  { ref, expected, to }: Pick<RefWrite, 'ref' | 'expected'> & { to?: Checksum },
): void {
  if (expected === undefined) return;
  const current = resolveRef(repo, ref);
  if (current === expected) return;
  throw new AppError(
    'ostree/ref-moved',
    `ref ${ref} of ${repo.path} is ${current ?? 'absent'}, not ${expected ?? 'absent'}: it was moved by somebody else`,
    { details: { ref, path: repo.path, current, expected, to: to ?? null } },
  );
}

/** Whether anything but folders lies below `path`. */
function hasRefsBelow(repo: Repo, path: string): boolean {
  if (repo.fs.lstat(`${repo.root}/${path}`)?.type !== 'directory') return false;
  return repo.fs
    .readdir(`${repo.root}/${path}`)
    .some(({ name, type }) => type !== 'directory' || hasRefsBelow(repo, `${path}/${name}`));
}

function conflict(repo: Repo, ref: string, other: string): AppError {
  return new AppError(
    'ostree/ref-conflict',
    `ref ${ref} of ${repo.path} is in conflict with ref ${quoteName(other)}`,
    {
      details: { ref, path: repo.path },
    },
  );
}

/** Makes the folders that a ref lies in, that of its remote or collection too; each is made durable in its parent. */
function makeParents(repo: Repo, write: PlannedWrite): void {
  // Every repository has `refs/heads`; the other two grow with use.
  let directory = write.directory === 'refs/heads' ? 'refs/heads' : 'refs';
  const parts = directoryOf(pathOf(write))
    .slice(directory.length + 1)
    .split('/')
    .filter((part) => part !== '');
  for (const part of parts) {
    const parent = directory;
    directory = `${directory}/${part}`;
    try {
      repo.fs.mkdir(`${repo.root}/${directory}`, 0o777);
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') continue;
      throw error;
    }
    syncDirectory(repo, `${repo.root}/${parent}`);
  }
}

function placeRef(repo: Repo, temporary: string, relativePath: string): void {
  const path = `${repo.root}/${relativePath}`;
  try {
    repo.fs.rename(temporary, path);
  } catch (error) {
    if (errnoOf(error) !== 'EISDIR') throw error;
    // Folders without refs, left by refs that were deleted (libostree removes them as well).
    removeEmptyFolders(repo, path);
    repo.fs.rename(temporary, path);
  }
}

function removeEmptyFolders(repo: Repo, path: string): void {
  for (const { name } of repo.fs.readdir(path)) removeEmptyFolders(repo, `${path}/${name}`);
  repo.fs.rmdir(path);
}

/** Those who poll for changes look at the root's time (ostree-repo.c `_ostree_repo_update_mtime`). */
function touchRoot(repo: Repo): void {
  const now = Date.now() / 1000;
  try {
    repo.fs.futimes(repo.rootFd, now, now);
  } catch (error) {
    if (errnoOf(error) !== 'EPERM') throw error;
    // Only the owner may set a time; anyone who may write there moves it by making an entry.
    removeTemporaryFile(repo, writeTemporaryFile(repo, new Uint8Array(0), { directory: repo.root }));
  }
}
