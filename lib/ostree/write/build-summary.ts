import { AppError } from '../../errors';
import type { Dict, Value } from '../../gvariant';
import { sortedDictValue } from '../../gvariant';
import { type Checksum, checksumToBytes } from '../format/checksum';
import { parseCommitRelease } from '../format/commit';
import {
  bigEndianVariant,
  type SummaryRef,
  serializeSummary,
  summaryKeys,
  summaryRefMetadata,
} from '../format/summary';
import { listDeltas, superblockChecksum } from '../repo/list-deltas';
import { listRefs, type RefEntry } from '../repo/list-refs';
import type { Repo } from '../repo/open-repo';
import { readPartialMarks } from '../repo/read-commit';
import { borrowMetadataBytes, hasObject, namingObject } from '../repo/read-object';
import { readSummaryMetadata } from '../repo/read-summary';

export interface BuildSummaryOptions {
  /** What time it is. The summary never says an earlier time than the one that it replaces (F-17). */
  now: Date;
  /** Keys of the present summary that are left out; all that are not understood stay otherwise. */
  dropKeys?: readonly string[];
  /** Refs under `refs/heads` that are left out: they are about to go. */
  withoutRefs?: ReadonlySet<string>;
  /** Those of `listRefs` with mirrors, for whoever has listed them under the same lock. */
  refs?: readonly RefEntry[];
}

/** What was made here is a summary, and need not be parsed to know it. */
const built = new WeakSet<Uint8Array>();

/** Whether `buildSummary` of this process made these very bytes. */
export function isBuiltHere(summary: Uint8Array): boolean {
  return built.has(summary);
}

/** Made anew from the repository each time, or, as `expires`, only where somebody asks for it. */
const OWN_KEYS: ReadonlySet<string> = new Set(Object.values(summaryKeys));

/**
 * The summary that `ostree summary -u` would write for the repository as it is, with dicts sorted and the keys of
 * the present summary that nobody here understands carried along. Nothing is written. The caller holds the product
 * lock, or accepts that a ref may move meanwhile.
 *
 * @throws AppError `ostree/object-missing`, `ostree/commit-partial` naming the ref that can't be listed, since clients
 * would fail on it
 * @see libostree `regenerate_metadata`, `summary_add_ref_entry`
 */
export function buildSummary(
  repo: Repo,
  { now, dropKeys = [], withoutRefs = new Set(), refs: listed }: BuildSummaryOptions,
): Uint8Array {
  const present = readSummaryMetadata(repo);
  const refs: SummaryRef[] = [];
  const collectionRefs = new Map<string, SummaryRef[]>();
  const isPartial = readPartialMarks(repo);
  const own = new Map<string, RefEntry>();
  for (const entry of listed ?? listRefs(repo, { includeMirrors: true })) {
    if (entry.collectionId === null && withoutRefs.has(entry.ref)) continue;
    const list = listFor(repo, entry, refs, collectionRefs);
    // One under refs/mirrors of its own collection is the same ref as that under refs/heads, and comes after it: it is
    // the one that libostree publishes (`ostree_repo_list_collection_refs`).
    if (list === refs) own.set(entry.ref, entry);
    else list.push(describeRef(repo, entry, isPartial));
  }
  for (const entry of own.values()) refs.push(describeRef(repo, entry, isPartial));
  const metadata: Dict = new Map();
  for (const [key, value] of present?.metadata ?? []) {
    if (!OWN_KEYS.has(key) && !dropKeys.includes(key)) metadata.set(key, value);
  }
  for (const [key, value] of ownKeys(repo)) metadata.set(key, value);
  const seconds = Math.floor(now.getTime() / 1000);
  const lastModified = Math.max(seconds, (present?.lastModified ?? 0) + 1);
  metadata.set(summaryKeys.lastModified, bigEndianVariant(lastModified));
  const bytes = serializeSummary({ refs, collectionRefs, metadata });
  built.add(bytes);
  return bytes;
}

/** Refs under `refs/mirrors/<own collection ID>` are the repository's own, as those under `refs/heads` are. */
function listFor(
  repo: Repo,
  { collectionId }: RefEntry,
  refs: SummaryRef[],
  collectionRefs: Map<string, SummaryRef[]>,
): SummaryRef[] {
  if (collectionId === null || collectionId === repo.config.collectionId) return refs;
  const list = collectionRefs.get(collectionId) ?? [];
  collectionRefs.set(collectionId, list);
  return list;
}

function describeRef(
  repo: Repo,
  { ref, checksum }: RefEntry,
  isPartial: (checksum: Checksum) => boolean,
): SummaryRef {
  const bytes = isPartial(checksum) ? null : borrowMetadataBytes(repo, checksum, 'commit');
  if (bytes === null) {
    const isHere = hasObject(repo, checksum, 'commit');
    throw new AppError(
      isHere ? 'ostree/commit-partial' : 'ostree/object-missing',
      `ref ${ref} of ${repo.path} names commit ${checksum}, which is ${isHere ? 'incomplete' : 'missing'}`,
      { details: { ref, commit: checksum } },
    );
  }
  const release = namingObject(repo, checksum, 'commit', () => parseCommitRelease(bytes));
  const metadata = summaryRefMetadata(release);
  return { ref, checksum, commitSizeBytes: BigInt(bytes.length), metadata };
}

function ownKeys(repo: Repo): Dict {
  const { rawMode, tombstoneCommits, collectionId, noDeltasInSummary } = repo.config;
  const keys: Dict = new Map([
    [summaryKeys.mode, { type: 's', value: rawMode }],
    [summaryKeys.tombstoneCommits, { type: 'b', value: tombstoneCommits }],
    [summaryKeys.indexedDeltas, { type: 'b', value: true }],
  ]);
  if (collectionId !== null) keys.set(summaryKeys.collectionId, { type: 's', value: collectionId });
  const deltas = noDeltasInSummary ? new Map() : describeDeltas(repo);
  if (deltas.size > 0) {
    keys.set(summaryKeys.staticDeltas, { type: 'a{sv}', value: sortedDictValue(deltas) });
  }
  return keys;
}

/** Name to digest of the superblock, as it is now. */
function describeDeltas(repo: Repo): Dict {
  const deltas: Dict = new Map();
  for (const delta of listDeltas(repo)) {
    const checksum = superblockChecksum(repo, delta);
    if (checksum !== null) {
      deltas.set(delta.name, { type: 'ay', value: checksumToBytes(checksum) as Value });
    }
  }
  return deltas;
}
