import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, isAppError } from '../../errors';
import { type Checksum, sha256 } from '../../ostree/format/checksum';
import { parseCommit } from '../../ostree/format/commit';
import { objectPath } from '../../ostree/format/object-path';
import { NO_SIGNATURES, parseSignatureSet } from '../../ostree/format/signatures';
import { type ParsedSummary, parseSummary } from '../../ostree/format/summary';
import { readSummary } from '../../ostree/repo/read-summary';
import { inDirectory, overHttp, type PublishedFiles } from '../fetch-published';
import type { RefMove, RunScope } from '../run-scope';
import { attributeSignatures, keysOfRun, missingSigners } from '../stage-keys';

/** How long what was just published may take to be seen, in milliseconds. */
const patienceMilliseconds = 5_000;
const headsAtOnce = 8;

/**
 * Fetches what was published as a client would: signature, summary, each promoted commit with its signatures and the
 * root of its tree, and the commit of every other ref; and compares it with the plan. What was removed must not be there.
 *
 * @throws AppError `probe-failed` that names what is not as it should be
 */
export async function probe(scope: RunScope): Promise<void> {
  const { ctx, to, recorder } = scope;
  const files = ctx.repoUrl === null ? inDirectory(to.repoPath) : overHttp(`${ctx.repoUrl}/${to.name}`);
  const startedAt = performance.now();
  for (;;) {
    try {
      await probeOnce(scope, files);
      break;
    } catch (error) {
      const isLate = performance.now() - startedAt >= patienceMilliseconds;
      if (!isAppError(error, 'probe-failed') || isLate || scope.signal.aborted) throw error;
      await sleep(250);
    }
  }
  recorder.line(`fetched from ${files.where}`);
}

async function probeOnce(scope: RunScope, files: PublishedFiles): Promise<void> {
  const { recorder, target, moves, removals } = scope;
  const keys = keysOfRun(scope.to.keys, scope.journal);
  const signatureBytes = await files.get('summary.sig');
  const bytes = await files.get('summary');
  if (bytes === null) throw failed(files, 'there is no summary');
  const published = readSummary(target);
  if (!published || !Buffer.from(bytes).equals(published.bytes)) {
    throw failed(files, 'the summary is not the one that was published');
  }
  const set = signatureBytes === null ? NO_SIGNATURES : parseSignatureSet(signatureBytes);
  const [missing] = missingSigners(keys, await attributeSignatures(keys, bytes, set));
  if (missing)
    throw failed(files, `the summary has no valid signature by the ${missing.type} key ${missing.keyId}`);
  const summary = parseSummary(bytes);
  for (const [at, move] of moves.entries()) {
    await probeCommit(scope, files, summary, move);
    recorder.fraction((at + 1) / (moves.length + 1));
  }
  for (const { targetRef } of removals) await probeRemoval(files, summary, targetRef);
  await probeOtherCommits(scope, files, summary);
  const promoted =
    moves.length === 1 ? ' and commit' : moves.length === 0 ? '' : ` and ${moves.length} commits`;
  recorder.line(`summary${promoted} verified, ${summary.refs.length} refs there`);
  if (removals.length > 0)
    recorder.line(`no client sees ${removals.map((each) => each.targetRef).join(', ')}`);
}

async function probeRemoval(files: PublishedFiles, summary: ParsedSummary, ref: string): Promise<void> {
  if (summary.refs.some((each) => each.ref === ref)) throw failed(files, `the summary still has ${ref}`);
  if ((await files.get(`refs/heads/${ref}`)) !== null)
    throw failed(files, `refs/heads/${ref} is still there`);
}

async function probeCommit(
  { target, to, journal }: RunScope,
  files: PublishedFiles,
  summary: ParsedSummary,
  { targetRef, resulting }: RefMove,
): Promise<void> {
  const keys = keysOfRun(to.keys, journal);
  const listed = summary.refs.find((each) => each.ref === targetRef)?.checksum;
  if (listed !== resulting) throw failed(files, `the summary does not have ${targetRef} at ${resulting}`);
  const ref = await files.get(`refs/heads/${targetRef}`);
  if (
    Buffer.from(ref ?? [])
      .toString('latin1')
      .trim() !== resulting
  ) {
    throw failed(files, `refs/heads/${targetRef} is not at ${resulting}`);
  }
  const bytes = await fetchObject(files, resulting, objectPath(resulting, 'commit', target.mode));
  const commit = parseCommit(bytes);
  await fetchObject(files, commit.rootDirtree, objectPath(commit.rootDirtree, 'dirtree', target.mode));
  await fetchObject(files, commit.rootDirmeta, objectPath(commit.rootDirmeta, 'dirmeta', target.mode));
  const detached = await files.get(objectPath(resulting, 'commitmeta', target.mode));
  const set = detached === null ? NO_SIGNATURES : parseSignatureSet(detached);
  const [missing] = missingSigners(keys, await attributeSignatures(keys, bytes, set));
  if (missing)
    throw failed(files, `${targetRef} has no valid signature by the ${missing.type} key ${missing.keyId}`);
}

async function fetchObject(files: PublishedFiles, checksum: Checksum, path: string): Promise<Uint8Array> {
  const bytes = await files.get(path);
  if (bytes === null || sha256(bytes) !== checksum) throw failed(files, `${path} is missing or damaged`);
  return bytes;
}

async function probeOtherCommits(
  { target, moves }: RunScope,
  files: PublishedFiles,
  summary: ParsedSummary,
): Promise<void> {
  const known = new Set<string>(moves.map((move) => move.resulting));
  const others = [...new Set(summary.refs.map((each) => each.checksum))].filter((each) => !known.has(each));
  for (let at = 0; at < others.length; at += headsAtOnce) {
    const batch = others.slice(at, at + headsAtOnce);
    const found = await Promise.all(batch.map((each) => files.has(objectPath(each, 'commit', target.mode))));
    const missing = batch[found.indexOf(false)];
    if (missing !== undefined) throw failed(files, `the commit ${missing} is not there`);
  }
}

function failed({ where }: PublishedFiles, what: string): AppError {
  return new AppError('probe-failed', `${where}: ${what}`, { details: { where } });
}
