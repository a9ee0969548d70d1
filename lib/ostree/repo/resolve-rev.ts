import { AppError, errnoOf } from '../../errors';
import { type Checksum, isChecksum } from '../format/checksum';
import { isRefFragment, quoteName } from '../format/ref-name';
import { commitsBeginningWith } from './commits-beginning-with';
import type { Repo } from './open-repo';
import { readCommit } from './read-commit';
import { readRefFile } from './read-ref-file';
import { findRefPlace } from './ref-place';

/**
 * The commit that a ref names: of `refs/heads`, of `refs/remotes` for `remote:ref`, or of `refs/mirrors` for a ref of
 * another collection.
 * @returns null where there is no such ref
 * @throws AppError `ostree/ref-invalid` where the name is none that a ref can have, or the file holds no checksum
 */
export function resolveRef(repo: Repo, ref: string): Checksum | null {
  const place = findRefPlace(repo, ref);
  const found = readRefFile(repo, `${place.directory}/${place.ref}`, place.directory);
  if (found !== null || place.collectionId === null) return found;
  // The repository's own collection may lie among the mirrored ones, from before it was its own.
  const mirror = `refs/mirrors/${place.collectionId}`;
  return readRefFile(repo, `${mirror}/${place.ref}`, mirror);
}

/**
 * The commit that a rev names: a ref, a checksum, the beginning of one that only one commit has; each `^` behind it
 * goes to the parent. A ref wins over the beginning of a checksum, where libostree has it the other way
 * and thereby lets a ground-out commit take a ref's place.
 * @throws AppError `ostree/rev-not-found`, `ostree/rev-ambiguous`, `ostree/ref-invalid`
 */
export function resolveRev(repo: Repo, rev: string): Checksum {
  let length = rev.length;
  while (rev.charAt(length - 1) === '^') length--;
  const base = rev.slice(0, length);
  let checksum = resolveBase(repo, base, rev);
  for (let i = base.length; i < rev.length; i++) {
    const { parent } = readCommit(repo, checksum);
    if (parent === null) throw notFound(repo, rev, `commit ${checksum} has no parent`);
    checksum = parent;
  }
  return checksum;
}

function resolveBase(repo: Repo, base: string, rev: string): Checksum {
  if (isChecksum(base)) return base;
  const found = resolveRef(repo, base) ?? resolveInRemotes(repo, base);
  if (found !== null) return found;
  if (/^[0-9a-f]+$/.test(base)) {
    const matches = commitsBeginningWith(repo, base);
    if (matches.length > 1) {
      throw new AppError(
        'ostree/rev-ambiguous',
        `${quoteName(rev)} begins ${matches.length} commits of ${repo.path}`,
        {
          details: { rev, path: repo.path },
        },
      );
    }
    if (matches[0] !== undefined) return matches[0];
  }
  if (repo.parent !== null) return resolveBase(repo.parent, base, rev);
  throw notFound(repo, rev, 'there is no ref or commit of that name');
}

/** libostree looks for a ref that is not its own in each remote in turn (find_ref_in_remotes). */
function resolveInRemotes(repo: Repo, ref: string): Checksum | null {
  if (/[:(]/.test(ref)) return null;
  for (const { name, type } of readDirectory(repo, 'refs/remotes')) {
    if (type !== 'directory' || !isRefFragment(name)) continue;
    const checksum = readRefFile(repo, `refs/remotes/${name}/${ref}`, `refs/remotes/${name}`);
    if (checksum !== null) return checksum;
  }
  return null;
}

function readDirectory(repo: Repo, path: string): ReturnType<Repo['fs']['readdir']> {
  try {
    return repo.fs.readdir(`${repo.root}/${path}`);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

function notFound(repo: Repo, rev: string, why: string): AppError {
  return new AppError('ostree/rev-not-found', `${quoteName(rev)} names nothing in ${repo.path}: ${why}`, {
    details: { rev, path: repo.path },
  });
}
