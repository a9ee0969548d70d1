export { type Checksum, isChecksum, parseChecksum, sha256 } from './format/checksum';
export {
  metadataString,
  metadataStrings,
  type ParsedCommit,
  parseCommit,
  serializeCommit,
} from './format/commit';
export { type Dirmeta, parseDirmeta, serializeDirmeta } from './format/dirmeta';
export { type Dirtree, parseDirtree, serializeDirtree } from './format/dirtree';
export { limits } from './format/limits';
export { type ObjectType, objectName, objectPath, type RepoMode } from './format/object-path';
export { parseObjectSizes } from './format/object-sizes';
export {
  isListableRef,
  isPromotableRef,
  parseRefName,
  type RefName,
  refNameProblem,
} from './format/ref-name';
export { parseSignatureSet, type SignatureSet, serializeSignatureSet } from './format/signatures';
export {
  type ParsedSummary,
  parseSummary,
  type SummaryRef,
  serializeSummary,
  summaryRefTimestamp,
  summaryRefVersion,
} from './format/summary';
export type { Xattr } from './format/xattrs';
export { type FsPort, nodeFs } from './fs-port';
export type { ApplyOptions, PullResult } from './pull/apply-pull';
export type { Isolation } from './pull/can-link';
export { countDifference } from './pull/count-difference';
export { countPull, type PullEstimate, type PullOptions, pull, pullWithLocks } from './pull/pull';
export {
  type MovedRef,
  type PullRevsResult,
  pullRevs,
  type RecommitRefOptions,
  recommitRef,
} from './pull/pull-revs';
export { Breather } from './repo/breather';
export type { RepoConfig } from './repo/config';
export { countSizes, type SizeTotals } from './repo/count-sizes';
export { type Diff, type DiffOptions, type DiffRow, diffCommits, octalMode } from './repo/diff-commits';
export { findOwnObjects, type OwnObjects, type StoredObject, sumSizes } from './repo/find-own-objects';
export { findUnneededCommits, type UnneededOptions } from './repo/find-unneeded-commits';
export { type FsckOptions, type FsckProblem, type FsckResult, fsckRepo } from './repo/fsck-repo';
export { type InitRepoOptions, initRepo } from './repo/init-repo';
export { listAliases, type RefAlias } from './repo/list-aliases';
export { type CollectionRef, listCollectionRefs } from './repo/list-collection-refs';
export { listDeltas, type StoredDelta } from './repo/list-deltas';
export { type ListRefsOptions, listRefNames, listRefs, type RefEntry } from './repo/list-refs';
export { eachTreeEntry, type ListTreeOptions, listTree, lookupPath, type TreeEntry } from './repo/list-tree';
export { type OpenRepoOptions, openRepo, type Repo } from './repo/open-repo';
export {
  type Commit,
  type CommitState,
  commitState,
  findCommit,
  readCommit,
  readSignatures,
} from './repo/read-commit';
export { type FileInfo, readFileContent, readFileInfo, writeFileContentTo } from './repo/read-file';
export { hasObject, readDirmeta, readDirtree } from './repo/read-object';
export { readRemoteKeys } from './repo/read-remote-keys';
export { readSummary, readSummarySignatures, type StoredSummary } from './repo/read-summary';
export { resolveRef, resolveRev } from './repo/resolve-rev';
export { verifyObject } from './repo/verify-object';
export { walkHistory } from './repo/walk-history';
export {
  parseEd25519PublicKeyFile,
  parseEd25519SecretKeyFile,
  signEd25519,
} from './sign/ed25519';
export {
  type GpgKeyring,
  listGpgIssuers,
  openGpgKeyring,
  type SignatureState,
  signWithGpg,
} from './sign/gpg';
export { listGpgKeysOf } from './sign/gpg-keys';
export { listGpgKeyrings, NO_KEYS, readEd25519Directory, type StoredKeys } from './sign/read-key-layouts';
export { hasValidSignature, type VerifiedSignature, verifySignatures } from './sign/verify-signatures';
export { type BuildSummaryOptions, buildSummary } from './write/build-summary';
export { type CommitOptions, commitDirectory, commitTree } from './write/commit-tree';
export { lockProduct, lockRepo, lockRepos, type RepoLock } from './write/lock';
export { mergeSignatures } from './write/merge-commitmeta';
export { type PruneOptions, type PruneResult, prune } from './write/prune';
export { type PublishPhase, type PublishSummaryOptions, publishSummary } from './write/publish-summary';
export { type PlannedRecommit, planRecommit, type RecommitRequest, writeRecommit } from './write/recommit';
export { reindexDeltas } from './write/reindex-deltas';
export { type SweepResult, sweepRefs } from './write/sweep-refs';
export { sweepTemporaries } from './write/sweep-temporaries';
export { directoryNode, fileNode, type NodeMeta, symlinkNode, type TreeNode } from './write/tree-node';
export { type RefWrite, writeRefs } from './write/write-refs';
