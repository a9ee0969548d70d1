import { errnoOf } from '../../errors';
import { compareUtf8 } from '../../gvariant';
import type { Checksum } from '../format/checksum';
import { isCollectionId } from '../format/collection-id';
import { isRefFragment, isShort } from '../format/ref-name';
import type { DirEntry } from '../fs-port';
import type { Repo } from './open-repo';
import { readRefFile } from './read-ref-file';

export interface RefEntry {
  /** `remote:ref` for a remote's. */
  readonly ref: string;
  readonly checksum: Checksum;
  /** The collection that a mirrored ref belongs to; null for all others. */
  readonly collectionId: string | null;
}

export interface ListRefsOptions {
  /** Adds `refs/remotes`. */
  includeRemotes?: boolean;
  /** Adds `refs/mirrors`. */
  includeMirrors?: boolean;
  /**
   * Gets the error for each ref that can't be read, which is then left out, and its path below the root; without it, the
   * first one is thrown.
   */
  onInvalid?: (error: unknown, path: string) => void;
}

/**
 * The refs of a repository, in order of their bytes: `refs/heads`, and more where asked for. Names that libostree
 * does not take for refs are passed over, as it does; ones that only Treeline refuses to write are listed.
 * @throws AppError `ostree/ref-invalid` where a ref does not hold a checksum
 */
export function listRefs(repo: Repo, options: ListRefsOptions = {}): RefEntry[] {
  return foldersOf(repo, options)
    .flatMap((folder) => listBelow(repo, folder, options))
    .sort((a, b) =>
      a.collectionId === b.collectionId
        ? compareUtf8(a.ref, b.ref)
        : compareUtf8(a.collectionId ?? '', b.collectionId ?? ''),
    );
}

function foldersOf(repo: Repo, { includeRemotes, includeMirrors }: ListRefsOptions): RefFolder[] {
  const folders: RefFolder[] = [{ base: 'refs/heads', prefix: '', collectionId: null }];
  if (includeRemotes) {
    for (const { name, type } of readDirectory(repo, 'refs/remotes')) {
      if (type !== 'directory' || !isRefFragment(name)) continue;
      folders.push({ base: `refs/remotes/${name}`, prefix: `${name}:`, collectionId: null });
    }
  }
  if (includeMirrors) {
    for (const { name, type } of readDirectory(repo, 'refs/mirrors')) {
      if (type !== 'directory' || !isCollectionId(name)) continue;
      folders.push({ base: `refs/mirrors/${name}`, prefix: '', collectionId: name });
    }
  }
  return folders;
}

const TEMPORARY = /^tmp\.[A-Za-z0-9]{6}$/;

/**
 * The names of the refs that listRefs gives with the same options, in order of their bytes, with nothing read that need
 * not be: whoever only wants to know what there is waits a fraction of the time. What a plain file holds is not looked
 * at, as `ostree refs` does not check it either.
 * @throws AppError `ostree/ref-invalid` where an alias leads to no ref
 */
export function listRefNames(repo: Repo, options: Omit<ListRefsOptions, 'onInvalid'> = {}): string[] {
  const names: string[] = [];
  for (const { base, prefix } of foldersOf(repo, options)) {
    for (const entry of entriesBelow(repo, base)) {
      const isPlain = entry.type === 'file' && !TEMPORARY.test(entry.name);
      if (isPlain || readListed(repo, entry, undefined) !== null) names.push(prefix + entry.below.slice(1));
    }
  }
  return names.sort(compareUtf8);
}

/** A folder of refs: where it is, what stands before their names, and whose they are. */
interface RefFolder {
  readonly base: string;
  readonly prefix: string;
  readonly collectionId: string | null;
}

function listBelow(
  repo: Repo,
  { base, prefix, collectionId }: RefFolder,
  { onInvalid }: ListRefsOptions,
): RefEntry[] {
  const refs: RefEntry[] = [];
  for (const entry of entriesBelow(repo, base)) {
    const checksum = readListed(repo, entry, onInvalid);
    if (checksum !== null) refs.push({ ref: prefix + entry.below.slice(1), checksum, collectionId });
  }
  return refs;
}

/** A file below a folder of refs, whose name may be that of a ref. */
type ListedFile = { readonly base: string; readonly below: string } & DirEntry;

function* entriesBelow(repo: Repo, base: string): Generator<ListedFile, void, undefined> {
  const pending = [''];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const { name, type } of readDirectory(repo, base + directory)) {
      const below = `${directory}/${name}`;
      if (!isRefFragment(name) || !isShort(below)) continue;
      if (type === 'directory') pending.push(below);
      else yield { base, below, name, type };
    }
  }
}

function readListed(
  repo: Repo,
  { base, below, name, type }: ListedFile,
  onInvalid: ListRefsOptions['onInvalid'],
): Checksum | null {
  try {
    return readRefFile(repo, base + below, base, type);
  } catch (error) {
    // What a writer left that was killed before it had written a checksum.
    if (TEMPORARY.test(name)) return null;
    if (onInvalid === undefined) throw error;
    onInvalid(error, base + below);
    return null;
  }
}

function readDirectory(repo: Repo, path: string): DirEntry[] {
  try {
    return repo.fs.readdir(`${repo.root}/${path}`);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}
