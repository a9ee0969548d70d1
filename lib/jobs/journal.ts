import { constants } from 'node:fs';
import { z } from 'zod';
import { checksumSchema, refNameSchema } from '../contracts/scalars';
import { AppError, errnoOf, isAppError } from '../errors';
import {
  NO_SIGNATURES,
  parseSignatureSet,
  type SignatureSet,
  serializeSignatureSet,
} from '../ostree/format/signatures';
import type { Repo } from '../ostree/repo/open-repo';
import { syncDirectory, writeDurableFile } from '../ostree/write/write-durable-file';
import { candidateFile, journalFolder, readCandidateSummary } from '../publish/candidate-summary';

/**
 * How far a run is past its commit point. `refs`: the renames are about to happen or happening. `refs-written`: all are
 * done and durable. `signed`: candidate and signatures lie in the journal. `publishing`: the served files are being
 * replaced by exactly these. `published`: that is done.
 *
 * Where refs are removed the publication comes first: `candidate`: the summary without them is made and signed, and nobody sees
 * anything; then `publishing`, the commit point, and `published`, from when on the refs are deleted.
 */
const journalPhaseSchema = z.enum(['candidate', 'refs', 'refs-written', 'signed', 'publishing', 'published']);

/** Goes up with every change of the format. Journals of every earlier one must still be understood, and resumed. */
const journalVersion = 2;

const journalSchema = z.strictObject({
  /** 1 knew no refs that are removed. */
  version: z.union([z.literal(1), z.literal(journalVersion)]),
  runId: z.string().min(1),
  promotionNumber: z.number().int(),
  attempt: z.number().int(),
  stageId: z.string().min(1),
  planChecksum: checksumSchema,
  refs: z
    .array(
      z.strictObject({
        ref: refNameSchema,
        expected: checksumSchema.nullable(),
        /** null where it is removed. */
        to: checksumSchema.nullable(),
      }),
    )
    .min(1),
  /** Keys that commits and summary of this run are signed with. One that is added meanwhile signs the next run. */
  keys: z.array(z.strictObject({ type: z.enum(['ed25519', 'gpg']), keyId: z.string() })),
  phase: journalPhaseSchema,
});

/** What a run leaves in its target so that whoever comes after it can only go forward (departure 5). */
export type Journal = z.infer<typeof journalSchema>;

const recordFile = 'journal.json';
const signaturesFile = 'signatures';
const recordBytesMax = 16 * 1024 * 1024;

/**
 * The journal in the target, null where there is none. A folder without a record was never begun: it is removed.
 *
 * @throws AppError `target-damaged` where the record is not one that this version understands
 */
export function readJournal(target: Repo): Journal | null {
  const text = readRecord(target);
  if (text === null) {
    if (target.fs.lstat(`${target.root}/${journalFolder}`) !== null && target.isWritable)
      removeJournal(target);
    return null;
  }
  try {
    const record: unknown = JSON.parse(text);
    refuseNewer(target, record);
    return journalSchema.parse(record);
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    throw new AppError(
      'target-damaged',
      `the journal in ${target.path} can't be understood; look at ${journalFolder} before anything is published there`,
      { details: { path: target.path }, cause },
    );
  }
}

/** What a newer Treeline has begun may hold what this one would not heed: it is left alone, and that version named. */
function refuseNewer(target: Repo, record: unknown): void {
  const { data } = z.object({ version: z.number().int() }).safeParse(record);
  if (data === undefined || data.version <= journalVersion) return;
  throw new AppError(
    'target-damaged',
    `the journal in ${target.path} is of format ${data.version}, and this Treeline knows ${journalVersion}; let the newer one finish the run`,
    { details: { path: target.path, version: data.version } },
  );
}

/** Writes the record durably: this version of it or the one before survives a power cut, and this one once it returns. */
export function writeJournal(target: Repo, journal: Journal): void {
  makeFolder(target);
  const bytes = Buffer.from(JSON.stringify(journalSchema.parse(journal)));
  writeDurableFile(target, `${journalFolder}/${recordFile}`, bytes, { mode: 0o600 });
}

/** Keeps the summary that is to be published, where the signer reads it. */
export function writeCandidate(target: Repo, summary: Uint8Array): void {
  writeDurableFile(target, `${journalFolder}/${candidateFile}`, summary, { mode: 0o644 });
}

/** @throws AppError `ostree/summary-invalid` where there is none */
export function readCandidate(target: Repo): Uint8Array {
  return readCandidateSummary(target.root);
}

/** Keeps the signatures of the candidate. */
export function writeSignatures(target: Repo, signatures: Pick<SignatureSet, 'ed25519' | 'gpg'>): void {
  const bytes = serializeSignatureSet({ ...NO_SIGNATURES, ...signatures });
  writeDurableFile(target, `${journalFolder}/${signaturesFile}`, bytes, { mode: 0o600 });
}

/** The kept signatures of the candidate; null where there are none. */
export function readSignaturesOfCandidate(target: Repo): SignatureSet | null {
  const bytes = readSmallFile(target, `${journalFolder}/${signaturesFile}`);
  return bytes && parseSignatureSet(bytes);
}

/**
 * Removes the journal durably, its record first: from then on there is none, whatever is left of the folder.
 * Doing it again does no harm.
 */
export function removeJournal(target: Repo): void {
  const folder = `${target.root}/${journalFolder}`;
  if (target.fs.lstat(folder) === null) return;
  for (const name of [recordFile, signaturesFile, candidateFile]) {
    unlinkIfThere(target, `${folder}/${name}`);
    if (name === recordFile) syncDirectory(target, folder);
  }
  for (const { name } of target.fs.readdir(folder)) unlinkIfThere(target, `${folder}/${name}`);
  target.fs.rmdir(folder);
  syncDirectory(target, target.root);
}

/** Makes the folder, durably, before anything in it could be relied upon. */
function makeFolder(target: Repo): void {
  try {
    target.fs.mkdir(`${target.root}/${journalFolder}`, 0o755);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
  syncDirectory(target, target.root);
}

function readRecord(target: Repo): string | null {
  const bytes = readSmallFile(target, `${journalFolder}/${recordFile}`);
  return bytes && Buffer.from(bytes).toString('utf8');
}

function readSmallFile(target: Repo, relativePath: string): Uint8Array | null {
  const { fs } = target;
  let fd: number;
  try {
    fd = fs.open(
      `${target.root}/${relativePath}`,
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return null;
    throw error;
  }
  try {
    const { type, sizeBytes } = fs.fstat(fd);
    if (type !== 'file' || sizeBytes > recordBytesMax) {
      throw new AppError('target-damaged', `${relativePath} in ${target.path} is no file of a journal`, {
        details: { path: target.path },
      });
    }
    const bytes = new Uint8Array(sizeBytes);
    let at = 0;
    while (at < sizeBytes) {
      const count = fs.read(fd, bytes, at, sizeBytes - at, at);
      if (count === 0) break;
      at += count;
    }
    return bytes.subarray(0, at);
  } finally {
    fs.close(fd);
  }
}

function unlinkIfThere(target: Repo, path: string): void {
  try {
    target.fs.unlink(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
