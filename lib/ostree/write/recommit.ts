import type { Dict, Variant } from '../../gvariant';
import { type Checksum, sha256 } from '../format/checksum';
import { type ParsedCommit, serializeCommit } from '../format/commit';
import { SIZES_KEY } from '../format/object-sizes';
import { parseRefName } from '../format/ref-name';
import type { PullResult } from '../pull/apply-pull';
import type { CommitToWrite } from '../pull/plan-pull';
import { type PullOptions, pull } from '../pull/pull';
import type { Repo } from '../repo/open-repo';
import { readCommit } from '../repo/read-commit';
import { resolveRef } from '../repo/resolve-rev';

export interface RecommitRequest {
  /** The commit of the source whose tree, subject, body and metadata are taken. */
  from: Checksum;
  /** The ref of the target that the new commit is for, and bound to. */
  toRef: string;
  /** Seconds since 1970. Raised to one more than the parent's, since clients refuse a commit that is not later. */
  timestamp: number;
  /** The new commit's parent in the target; by default what `toRef` names there now, or none. */
  parent?: Checksum | null;
  /** Metadata to set or to replace. Bindings cannot be given. */
  metadata?: ReadonlyMap<string, string | Variant>;
}

export interface PlannedRecommit extends CommitToWrite {
  readonly commit: ParsedCommit;
  /** What the timestamp came to be. */
  readonly timestamp: number;
}

const REF_BINDING = 'ostree.ref-binding';
const COLLECTION_BINDING = 'ostree.collection-binding';

/**
 * Works out the commit that puts a tree of the source under a ref of the target: the same root tree and dirmeta, so the
 * same ContentChecksum; the target's bindings; its head as parent. Equal requests on equal repositories give equal
 * bytes, so a plan can name the checksum before anything is written.
 *
 * @throws AppError `ostree/ref-invalid`, `ostree/object-missing`, `ostree/object-corrupt`
 */
export function planRecommit(source: Repo, target: Repo, request: RecommitRequest): PlannedRecommit {
  const ref = parseRefName(request.toRef);
  const from = readCommit(source, request.from);
  const parent = request.parent === undefined ? resolveRef(target, ref) : request.parent;
  const earliest = parent === null ? 0 : readCommit(target, parent).timestamp + 1;
  const timestamp = Math.max(request.timestamp, earliest);
  const metadata: Dict = new Map(from.metadata);
  for (const [key, value] of request.metadata ?? []) {
    metadata.set(key, typeof value === 'string' ? { type: 's', value } : value);
  }
  // Content that is deflated anew has sizes of its own.
  if (target.mode === 'archive' && source.mode !== 'archive') metadata.delete(SIZES_KEY);
  // Last and in this order, as `ostree commit` has them.
  metadata.delete(REF_BINDING);
  metadata.delete(COLLECTION_BINDING);
  metadata.set(REF_BINDING, { type: 'as', value: [ref] });
  const { collectionId } = target.config;
  if (collectionId !== null) metadata.set(COLLECTION_BINDING, { type: 's', value: collectionId });
  const { related, subject, body, rootDirtree, rootDirmeta } = from;
  const commit = { metadata, parent, related, subject, body, timestamp, rootDirtree, rootDirmeta };
  const bytes = serializeCommit(commit);
  return { bytes, checksum: sha256(bytes), commit, timestamp };
}

/**
 * Brings the tree of a planned commit from the source, then writes the commit. No ref is written. The caller holds the
 * shared lock of both repositories. Throws as pull.
 */
export function writeRecommit(
  source: Repo,
  target: Repo,
  planned: CommitToWrite,
  options: Omit<PullOptions, 'commits' | 'commitsToWrite'> = {},
): Promise<PullResult> {
  return pull(source, target, { ...options, commits: [], commitsToWrite: [planned] });
}
