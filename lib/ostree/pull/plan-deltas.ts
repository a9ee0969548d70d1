import { type Checksum, sha256 } from '../format/checksum';
import { parseDeltaSuperblock } from '../format/delta-superblock';
import { limits } from '../format/limits';
import { objectName } from '../format/object-path';
import { NO_SIGNATURES, type SignatureSet } from '../format/signatures';
import { listDeltas, type StoredDelta, superblockChecksum } from '../repo/list-deltas';
import type { Repo } from '../repo/open-repo';
import { commitState, readSignatures } from '../repo/read-commit';
import { hasObject, isAboutObject } from '../repo/read-object';
import { readWholeFile } from '../repo/read-whole-file';

/** A static delta that comes along: its files, checked against what its superblock says of them. */
export interface DeltaToCarry {
  readonly delta: StoredDelta;
  /** The superblock's own checksum. */
  readonly superblock: Checksum;
  /** Of its parts that are files, by file name. */
  readonly parts: ReadonlyMap<string, Checksum>;
}

/** A static delta of the source that stays behind, and why. */
export interface DeltaLeft {
  /** `<from>-<to>` or `<to>`. */
  readonly name: string;
  readonly why: string;
}

export interface DeltaPlan {
  readonly carried: readonly DeltaToCarry[];
  readonly left: readonly DeltaLeft[];
  /** Names of those that the target has already. */
  readonly present: readonly string[];
}

/**
 * Which static deltas of the source that lead to one of `commits` can come along: those whose commits are whole in the
 * target, and whose superblock holds every signature that the target has of the commit. A client that fetches by delta
 * sees only the signatures in there, so one made before the commit was signed makes it fail. Nothing is written.
 *
 * @param commits commits of the target, brought already
 */
export function planDeltas(source: Repo, target: Repo, commits: readonly Checksum[]): DeltaPlan {
  const carried: DeltaToCarry[] = [];
  const left: DeltaLeft[] = [];
  const present: string[] = [];
  const wanted = new Set(commits);
  const ofTarget = new Map(listDeltas(target).map((delta) => [delta.name, delta]));
  for (const delta of listDeltas(source)) {
    if (!wanted.has(delta.to)) continue;
    const own = ofTarget.get(delta.name);
    const decision = own === undefined ? decide(source, target, delta) : compare(source, target, delta, own);
    if (decision === 'present') present.push(delta.name);
    else if (typeof decision === 'string') left.push({ name: delta.name, why: decision });
    else carried.push(decision);
  }
  return { carried, left, present };
}

function compare(source: Repo, target: Repo, delta: StoredDelta, own: StoredDelta): string {
  const isSame = superblockChecksum(source, delta) === superblockChecksum(target, own);
  return isSame ? 'present' : `${target.path} has one of its own`;
}

/** What is to be carried, or why nothing is. */
function decide(source: Repo, target: Repo, delta: StoredDelta): DeltaToCarry | string {
  if (commitState(target, delta.to) !== 'complete') return 'its commit is not in the target';
  if (delta.from !== null && commitState(target, delta.from) !== 'complete')
    return `the commit that it starts from, ${delta.from}, is not in the target`;
  try {
    const bytes = readSuperblock(source, delta);
    if (bytes === null) return 'it is gone';
    const parsed = parseDeltaSuperblock(bytes);
    if (parsed.from !== delta.from || parsed.to !== delta.to)
      return 'it is damaged: its superblock is of another';
    if (!holdsAll(parsed.signatures ?? NO_SIGNATURES, readSignatures(target, delta.to)))
      return 'it was made before its commit had all the signatures that it has in the target';
    const foreign = parsed.objects.find(({ checksum, type }) => !hasObject(target, checksum, type));
    if (foreign !== undefined)
      return `it is damaged: ${objectName(foreign.checksum, foreign.type)} is no object of its commit`;
    const parts = parsed.parts.flatMap(({ checksum, isInline }, at): [string, Checksum][] =>
      isInline ? [] : [[String(at), checksum]],
    );
    return { delta, superblock: sha256(bytes), parts: new Map(parts) };
  } catch (error) {
    if (isAboutObject(error)) return `it is damaged: ${error.message}`;
    throw error;
  }
}

function readSuperblock(source: Repo, delta: StoredDelta): Uint8Array | null {
  const path = `${source.root}/${delta.directory}/superblock`;
  return readWholeFile(source.fs, path, limits.summarySizeBytesMax, 'superblock');
}

/** Whether every signature of `needed` is in `held`. */
function holdsAll(held: SignatureSet, needed: SignatureSet): boolean {
  return (['ed25519', 'gpg'] as const).every((kind) => {
    const there = new Set(held[kind].map(toText));
    return needed[kind].every((blob) => there.has(toText(blob)));
  });
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
