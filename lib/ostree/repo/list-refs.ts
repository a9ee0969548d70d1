import { errnoOf } from '../../errors';
import type { Checksum } from '../format/checksum';
import { isCollectionId } from '../format/collection-id';
import { compareUtf8 } from '../format/compare-utf8';
import { limits } from '../format/limits';
import { isRefFragment } from '../format/ref-name';
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
  /** Gets the error for each ref that can't be read, which is then left out; without it, the first one is thrown. */
  onInvalid?: (error: unknown) => void;
}

/**
 * The refs of a repository, in order of their bytes: `refs/heads`, and more where asked for. Names that libostree
 * does not take for refs are passed over, as it does; ones that only Treeline refuses to write are listed.
 * @throws AppError `ostree/ref-invalid` where a ref does not hold a checksum
 */
export function listRefs(repo: Repo, options: ListRefsOptions = {}): RefEntry[] {
  const refs = listBelow(repo, { base: 'refs/heads', prefix: '', collectionId: null }, options);
  if (options.includeRemotes) {
    for (const { name, type } of readDirectory(repo, 'refs/remotes')) {
      if (type !== 'directory' || !isRefFragment(name)) continue;
      const part = { base: `refs/remotes/${name}`, prefix: `${name}:`, collectionId: null };
      refs.push(...listBelow(repo, part, options));
    }
  }
  if (options.includeMirrors) {
    for (const { name, type } of readDirectory(repo, 'refs/mirrors')) {
      if (type !== 'directory' || !isCollectionId(name)) continue;
      const part = { base: `refs/mirrors/${name}`, prefix: '', collectionId: name };
      refs.push(...listBelow(repo, part, options));
    }
  }
  return refs.sort(
    (a, b) => compareUtf8(a.collectionId ?? '', b.collectionId ?? '') || compareUtf8(a.ref, b.ref),
  );
}

const TEMPORARY = /^tmp\.[A-Za-z0-9]{6}$/;

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
  const pending = [''];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const { name, type } of readDirectory(repo, base + directory)) {
      const below = `${directory}/${name}`;
      if (!isRefFragment(name) || Buffer.byteLength(below) > limits.refNameBytesMax) continue;
      if (type === 'directory') {
        pending.push(below);
        continue;
      }
      const checksum = readListed(repo, { base, below, name, type }, onInvalid);
      if (checksum !== null) refs.push({ ref: prefix + below.slice(1), checksum, collectionId });
    }
  }
  return refs;
}

function readListed(
  repo: Repo,
  { base, below, name, type }: { base: string; below: string } & DirEntry,
  onInvalid: ListRefsOptions['onInvalid'],
): Checksum | null {
  try {
    return readRefFile(repo, base + below, base, type);
  } catch (error) {
    // What a writer left that was killed before it had written a checksum.
    if (TEMPORARY.test(name)) return null;
    if (onInvalid === undefined) throw error;
    onInvalid(error);
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
