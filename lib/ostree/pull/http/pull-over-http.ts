import { AppError, isAppError } from '../../../errors';
import { type Checksum, isChecksum } from '../../format/checksum';
import { isCollectionId } from '../../format/collection-id';
import { parseRefName, parseRefspec, quoteName } from '../../format/ref-name';
import type { Repo } from '../../repo/open-repo';
import { resolveRef } from '../../repo/resolve-rev';
import { asWriteError } from '../../write/io-error';
import { lockRepo, type RepoLock } from '../../write/lock';
import { sweepTemporaries } from '../../write/sweep-temporaries';
import { type RefWrite, writeRefs } from '../../write/write-refs';
import { type PaceOptions, Pacer } from '../pacer';
import { markPartial, takeBackMarks } from '../partial-marks';
import { isMarked, readTrustedHeads } from '../plan-pull';
import { headsToTrust, type MoveOptions, NO_DELTAS, type PullRevsResult } from '../pull-revs';
import { fetchCommits, type RemoteCommit } from './fetch-commits';
import { FetchStaging } from './fetch-staging';
import { fetchSummary } from './fetch-summary';
import { fetchTrees } from './fetch-trees';
import { FetchedObjects } from './fetched-objects';
import { finishPull } from './finish-pull';
import { HttpClient, type HttpOptions } from './http-client';
import { ObjectBringer } from './object-bringer';
import { fetchConfig, type ResolvedRev, resolveRemote, type WantedRev } from './remote-repo';
import { openSignatureCheck, type SignatureCheck, type TrustedKeys } from './signature-check';

/** The most content that one object may state: 16 GiB. */
const OBJECT_BYTES_MAX = 16 * 1024 ** 3;

export interface HttpPullOptions extends HttpOptions, PaceOptions, MoveOptions {
  /** How many parents of each commit come along: 0 by default, -1 for all there are. */
  depth?: number;
  /** Walks and checks everything, whatever the target has. */
  isFull?: boolean;
  /** By default 16 GiB. */
  maxObjectSizeBytes?: number;
  /** Where given, each commit must be signed by one of them, and the summary too where one is used. */
  keys?: TrustedKeys;
  /** false: with keys given, an unsigned summary may name commits, which are signed themselves. true by default. */
  verifySummary?: boolean;
}

/**
 * What `treeline repo pull` does with a URL: brings commits from an archive that is served over HTTP, named by ref, by
 * `COLLECTION-ID:REF` or by checksum, and moves the target's refs of the same names, mirrored ones where the collection is
 * not the target's own, under its shared lock. Everything is checked before it gets a name. On failure the target is as it was but for complete objects that nothing refers to.
 *
 * @param base from parseRemoteUrl
 * @throws AppError `ostree/fetch-failed`, `ostree/repo-not-found`, `ostree/mode-mismatch`, `ostree/rev-not-found`,
 * `ostree/signature-invalid`, `ostree/binding-mismatch`, `ostree/object-missing`, `ostree/object-corrupt`,
 * `ostree/object-too-large`, `ostree/no-space`, `ostree/aborted`, and as lockRepo and writeRefs
 */
export async function pullOverHttp(
  base: URL,
  target: Repo,
  revs: readonly string[],
  options: HttpPullOptions = {},
): Promise<PullRevsResult> {
  assertTarget(target);
  const wanted = revs.map(parseWanted);
  const check = await openSignatureCheck(options.keys ?? { ed25519: [], gpgKeyrings: [] });
  const client = new HttpClient(base, options);
  try {
    const resolved = await resolveAll(client, check, wanted, options);
    sweepTemporaries(target);
    const lock = await lockRepo(target, 'shared', options);
    try {
      return await pullResolved({ client, check, target, lock, options }, resolved);
    } finally {
      lock.release();
    }
  } finally {
    client.close();
    check?.close();
  }
}

function assertTarget(target: Repo): void {
  if (target.parent === null) return;
  const message = `${target.path} keeps objects in a parent repository (core.parent): pull to a whole one`;
  throw new AppError('ostree/repo-unsupported', message, { details: { path: target.path } });
}

function parseWanted(rev: string): WantedRev {
  if (isChecksum(rev)) return { kind: 'checksum', checksum: rev };
  const { remote: collectionId, ref } = parseRefspec(rev);
  if (collectionId !== null && !isCollectionId(collectionId)) {
    throw new AppError('ostree/ref-invalid', `${quoteName(rev)} is neither REF nor COLLECTION-ID:REF`);
  }
  return { kind: 'ref', collectionId, ref: parseRefName(ref) };
}

async function resolveAll(
  client: HttpClient,
  check: SignatureCheck | null,
  wanted: readonly WantedRev[],
  { verifySummary = true }: HttpPullOptions,
): Promise<ResolvedRev[]> {
  const config = await fetchConfig(client);
  const isAnyRef = wanted.some(({ kind }) => kind === 'ref');
  const summary = isAnyRef ? await fetchSummary(client, verifySummary ? check : null) : null;
  const resolved: ResolvedRev[] = [];
  for (const one of wanted) resolved.push(await resolveRemote(client, { config, summary }, one));
  return resolved;
}

interface HttpPull {
  readonly client: HttpClient;
  readonly check: SignatureCheck | null;
  readonly target: Repo;
  /** The target's shared lock. */
  readonly lock: RepoLock;
  readonly options: HttpPullOptions;
}

async function pullResolved(pull: HttpPull, resolved: readonly ResolvedRev[]): Promise<PullRevsResult> {
  const { client, check, target, lock, options } = pull;
  const writes = resolved.flatMap(({ wanted, checksum }): RefWrite[] => {
    if (wanted.kind !== 'ref') return [];
    const { collectionId, ref: name } = wanted;
    const ref = collectionId === null ? name : `${collectionId}:${name}`;
    return [{ ref, expected: resolveRef(target, ref), to: checksum }];
  });
  let staging: FetchStaging | null = null;
  try {
    staging = FetchStaging.open(target, client.base.href);
    const depth = options.depth ?? 0;
    const commits = await fetchCommits({ client, target, staging, check, depth }, resolved);
    const result = await bringCommits(pull, staging, commits, writes);
    writeRefs(target, writes, options.strictCas ? { strictLock: lock } : {});
    return {
      ...result,
      deltas: NO_DELTAS,
      refs: writes.map(({ ref, expected, to }) => ({ ref, from: expected ?? null, to })),
    };
  } catch (error) {
    throw asWriteError(target, 'pulling into', error);
  } finally {
    staging?.close();
  }
}

async function bringCommits(
  { client, target, options }: HttpPull,
  staging: FetchStaging,
  wanted: readonly RemoteCommit[],
  writes: readonly RefWrite[],
): Promise<Omit<PullRevsResult, 'refs' | 'deltas'>> {
  const counts = { objectsLinked: 0, objectsCopied: 0, objectsPresent: 0, bytesCopied: 0 };
  const pacer = new Pacer(options);
  const isFull = options.isFull === true || wanted.some(({ checksum }) => isMarked(target, checksum));
  const trusted = isFull ? [] : readTrustedHeads(target, headsToTrust(target, writes));
  const heads = new Set<Checksum>(trusted.map(({ checksum }) => checksum));
  const commits = wanted.filter(({ checksum }) => !heads.has(checksum));
  const checksums = commits.map(({ checksum }) => checksum);
  const staged = new FetchedObjects(target, staging, counts);
  const contentBytesMax = options.maxObjectSizeBytes ?? OBJECT_BYTES_MAX;
  const bringer = new ObjectBringer({ client, target, staging, staged, counts, pacer, contentBytesMax });
  pacer.begin('import', 0);
  const marked = markPartial(target, checksums);
  let isTreeDurable = false;
  const onTreeDurable = () => {
    isTreeDurable = true;
  };
  try {
    await fetchTrees(target, bringer, commits, trusted, {
      width: client.connections,
      stop: () => client.abort(),
    });
    pacer.check();
    await finishPull({ target, staging, staged, counts, pacer, commits, signed: wanted, onTreeDurable });
  } catch (error) {
    await keepWhatCame(staged, error);
    takeBackMarks(target, marked, isTreeDurable);
    throw error;
  } finally {
    staged.close();
  }
  return { ...counts, commits: checksums };
}

/** After a failure of the network, or of the source, content that was fetched and checked need not come again. */
async function keepWhatCame(staged: FetchedObjects, error: unknown): Promise<void> {
  if (!isAppError(error)) return;
  try {
    // Also when it was told to stop: this is what remains of the work that was done.
    await staged.placeFiles(new Pacer({}));
  } catch {
    // What made the pull fail is what is to be told.
  }
}
