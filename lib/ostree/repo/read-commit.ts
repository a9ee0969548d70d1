import type { Checksum } from '../format/checksum';
import {
  contentChecksumOf,
  metadataString,
  metadataStrings,
  type ParsedCommit,
  parseCommit,
} from '../format/commit';
import { limits } from '../format/limits';
import { looseName } from '../format/object-path';
import { NO_SIGNATURES, parseSignatureSet, type SignatureSet } from '../format/signatures';
import { readObjectFile } from './open-object';
import type { Repo } from './open-repo';
import { findMetadataBytes, namingObject, readMetadataBytes } from './read-object';

/** A commit with what is often asked of it. */
export interface Commit extends ParsedCommit {
  readonly checksum: Checksum;
  /** Checksum of root dirtree and dirmeta: equal for commits of the same tree. */
  readonly contentChecksum: Checksum;
  /** Size of the commit object. */
  readonly sizeBytes: number;
  readonly version: string | null;
  /** Refs that a client may fetch it by; null where it is bound to none. */
  readonly refBindings: readonly string[] | null;
  readonly collectionBinding: string | null;
  /** The object as stored, which is what signatures sign. */
  readonly bytes: Uint8Array;
}

/** @throws AppError `ostree/object-missing`, `ostree/object-corrupt` */
export function readCommit(repo: Repo, checksum: Checksum): Commit {
  const bytes = readMetadataBytes(repo, checksum, 'commit');
  return namingObject(repo, checksum, 'commit', () => describeCommit(checksum, bytes));
}

/** As readCommit, but null where the commit is not there. */
export function findCommit(repo: Repo, checksum: Checksum): Commit | null {
  const bytes = findMetadataBytes(repo, checksum, 'commit');
  return bytes === null
    ? null
    : namingObject(repo, checksum, 'commit', () => describeCommit(checksum, bytes));
}

/** The commit that `bytes` hold, whose checksum the caller has checked. */
export function describeCommit(checksum: Checksum, bytes: Uint8Array): Commit {
  const parsed = parseCommit(bytes);
  // Named one by one: spreading costs four times as much as parsing.
  return {
    metadata: parsed.metadata,
    parent: parsed.parent,
    related: parsed.related,
    subject: parsed.subject,
    body: parsed.body,
    timestamp: parsed.timestamp,
    rootDirtree: parsed.rootDirtree,
    rootDirmeta: parsed.rootDirmeta,
    checksum,
    contentChecksum: contentChecksumOf(parsed),
    sizeBytes: bytes.length,
    version: metadataString(parsed.metadata, 'version'),
    refBindings: metadataStrings(parsed.metadata, 'ostree.ref-binding'),
    collectionBinding: metadataString(parsed.metadata, 'ostree.collection-binding'),
    bytes,
  };
}

/**
 * The signatures and other detached metadata of a commit; empty where there are none.
 * @throws AppError `ostree/signature-invalid` where the file is malformed
 */
export function readSignatures(repo: Repo, checksum: Checksum): SignatureSet {
  for (let at: Repo | null = repo; at !== null; at = at.parent) {
    const owner = at;
    const found = namingObject(at, checksum, 'commitmeta', () => {
      const bytes = readObjectFile(owner, checksum, 'commitmeta', limits.metadataSizeBytesMax);
      return bytes === null ? null : parseSignatureSet(bytes);
    });
    if (found !== null) return found;
  }
  return NO_SIGNATURES;
}

const PARTIAL = '.commitpartial';

/**
 * Which commits of a repository are not whole, as far as libostree's marks say, in one look at all of them: for whoever asks
 * of thousands.
 */
export function readPartialMarks(repo: Repo): (checksum: Checksum) => boolean {
  if (repo.fs.lstat(`${repo.root}/transaction`) !== null) return () => true;
  if (repo.fs.lstat(`${repo.root}/state`) === null) return () => false;
  const names = repo.fs.readdir(`${repo.root}/state`).map(({ name }) => name);
  const marked = new Set(
    names.filter((name) => name.endsWith(PARTIAL)).map((name) => name.slice(0, -PARTIAL.length)),
  );
  return (checksum) => marked.has(checksum);
}

export type CommitState = 'complete' | 'partial' | 'absent';

/**
 * Whether a commit is here, or in a parent repository, with everything below it, as far as libostree's marks say. The
 * marks that count are those of the repository that has the commit.
 * @see libostree `ostree_repo_load_commit`, which counts every commit as partial while `transaction` is there
 */
export function commitState(repo: Repo, checksum: Checksum): CommitState {
  for (let at: Repo | null = repo; at !== null; at = at.parent) {
    if (at.fs.statTypeAt(at.objectsFd, looseName(checksum, 'commit', at.mode)) === null) continue;
    const isMarked = at.fs.lstat(`${at.root}/state/${checksum}.commitpartial`) !== null;
    return isMarked || at.fs.lstat(`${at.root}/transaction`) !== null ? 'partial' : 'complete';
  }
  return 'absent';
}
