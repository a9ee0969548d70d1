import type { Checksum } from '../format/checksum';
import { isEmptySignatureSet, type SignatureSet } from '../format/signatures';
import type { Repo } from '../repo/open-repo';
import { readSignatures } from '../repo/read-commit';
import { asWriteError } from '../write/io-error';
import { mergeSignatures } from '../write/merge-commitmeta';
import { placeObject } from '../write/place-object';
import { removeTombstone } from '../write/remove-tombstone';
import { syncFanouts } from '../write/sync-fanouts';
import type { Isolation } from './can-link';
import { makeFanouts } from './import-objects';
import { ObjectImporter } from './object-importer';
import { countObjects, fanoutsOf, type ImportCounts, toObject } from './object-list';
import { type PaceOptions, Pacer } from './pacer';
import { markPartial, removeMarks, takeBackMarks } from './partial-marks';
import type { PullPlan } from './plan-pull';

export interface ApplyOptions extends PaceOptions {
  /** Hashes every object before it gets a name; true by default. Types are checked in any case. */
  verifyObjects?: boolean;
  /**
   * `hardlink`, the default, shares the source's files, and copies where source and target have different owners or
   * lie on different file systems; `reflink` and `copy` never share one (`reflink` shares blocks where it can).
   */
  isolation?: Isolation;
  /**
   * Which of the source's signatures of a commit come along: all by default. A function gets each set and gives
   * back what is to come, for a stage that lets only verified ones pass.
   */
  carrySignatures?:
    | 'all'
    | 'none'
    | ((commit: Checksum, set: SignatureSet) => SignatureSet | Promise<SignatureSet>);
}

export interface PullResult {
  objectsLinked: number;
  objectsCopied: number;
  /** Needed objects that the target had already; they were checked. */
  objectsPresent: number;
  bytesCopied: number;
  /** What is now in the target, whole and unmarked, oldest first. */
  commits: Checksum[];
}

/**
 * Carries out a plan in the order of protocol 1.15, steps 6 to 10: source durable; marks; content, dirmetas,
 * dirtrees; those durable; commits; signatures; marks gone. At every instant the target is valid, and on failure it
 * is as it was but for complete objects that nothing refers to (departure 3). Doing it again completes it.
 * The caller holds the shared lock of both repositories.
 *
 * @throws AppError as importObjects; `ostree/no-space`, `ostree/io-failed`, `ostree/repo-read-only`, `ostree/aborted`
 */
export async function applyPull(
  source: Repo,
  target: Repo,
  plan: PullPlan,
  options: ApplyOptions = {},
): Promise<PullResult> {
  // It comes to hold all of them itself, whatever a parent repository of it has.
  const own: Repo = target.parent === null ? target : { ...target, parent: null };
  const commits = [...plan.commits, ...plan.commitsToWrite].map(({ checksum }) => checksum);
  const counts = { objectsLinked: 0, objectsCopied: 0, objectsPresent: 0, bytesCopied: 0 };
  const verifyObjects = plan.mustVerify || options.verifyObjects !== false;
  const pacer = new Pacer(options);
  const importer = new ObjectImporter(source, own, {
    isolation: options.isolation,
    verifyObjects,
    pacer,
    counts,
  });
  let marked: Checksum[] = [];
  let isTreeDurable = false;
  try {
    const signatures = await selectSignatures(source, target, plan, options);
    importer.assertSpace(plan.needed);
    importer.syncSource();
    marked = markPartial(own, commits);
    pacer.begin('import', countObjects(plan.needed));
    await importer.importNeeded(plan.needed);
    pacer.check();
    target.fs.syncfs(target.rootFd);
    isTreeDurable = true;
    // From here on it is a matter of milliseconds, and stopping would leave marks behind.
    const finishing = new Pacer({ onProgress: options.onProgress });
    finishing.begin('finish', commits.length);
    await importCommits(importer, own, plan, { pacer: finishing, counts });
    for (const [checksum, set] of signatures) mergeSignatures(target, checksum, set);
    removeMarks(target, commits);
  } catch (error) {
    takeBackMarks(own, marked, isTreeDurable);
    throw asWriteError(target, 'pulling into', error);
  } finally {
    importer.close();
  }
  return { ...counts, commits };
}

/** Each commit comes after everything it refers to is durable, and is durable itself before the next step. */
async function importCommits(
  importer: ObjectImporter,
  target: Repo,
  plan: PullPlan,
  { pacer, counts }: { pacer: Pacer; counts: ImportCounts },
): Promise<void> {
  const linked = plan.commits.map(({ checksum }) => toObject(checksum, 'commit', target.mode));
  const written = plan.commitsToWrite.map(({ checksum }) => toObject(checksum, 'commit', target.mode));
  makeFanouts(target, [...linked, ...written]);
  // A commit is one small file that everything hangs on: it is always hashed.
  await importer.importBatch(
    { type: 'commit', checksums: plan.commits.map(({ checksum }) => checksum) },
    { verifyObjects: true, pacer },
  );
  for (const { checksum, bytes } of plan.commitsToWrite) {
    const isNew = placeObject(target, checksum, 'commit', bytes);
    if (isNew) counts.bytesCopied += bytes.length;
    counts[isNew ? 'objectsCopied' : 'objectsPresent']++;
  }
  syncFanouts(target, fanoutsOf([...linked, ...written]));
  for (const { checksum } of [...plan.commits, ...plan.commitsToWrite]) removeTombstone(target, checksum);
}

/**
 * Reads and chooses what signatures are to come before anything is written, so that a malformed set, here or there,
 * stops a pull that has changed nothing.
 */
async function selectSignatures(
  source: Repo,
  target: Repo,
  plan: PullPlan,
  { carrySignatures = 'all' }: ApplyOptions,
): Promise<Map<Checksum, SignatureSet>> {
  const selected = new Map<Checksum, SignatureSet>();
  if (carrySignatures === 'none') return selected;
  for (const { checksum } of plan.commits) {
    const set = readSignatures(source, checksum);
    if (isEmptySignatureSet(set)) continue;
    readSignatures(target, checksum);
    selected.set(checksum, carrySignatures === 'all' ? set : await carrySignatures(checksum, set));
  }
  return selected;
}
