import type { HoldDto } from '../contracts/hold';
import type { StageDto, StageKeyDto, StageRefDto } from '../contracts/stage';
import { keyTypeSchema } from '../contracts/stage';
import type { LedgerRefRow, StageKeyRow, StageWithKeys } from '../db/stage';
import { type AppError, isAppError } from '../errors';
import { findSummaryDrift } from '../jobs/find-summary-drift';
import { findUnknownRun } from '../jobs/find-unknown-run';
import {
  isPromotableRef,
  listRefs,
  type RefEntry,
  type Repo,
  readSummary,
  type StoredSummary,
} from '../ostree';
import { isTargetRefTaken, type RefRules } from '../promotion/match-refs';
import { allOver } from './all-over';
import { commitInfo } from './commit-info';
import type { Repositories } from './repositories';
import type { ServiceContext } from './service-context';
import { summarySignatures } from './verified-signatures';

/** A stage with its refs, as pages show it. */
export interface StageView {
  row: StageWithKeys;
  stage: StageDto;
  refs: StageRefDto[];
  /** null while the repository can't be read. */
  repo: Repo | null;
  /** Holds that stand on its refs, those that it has no longer among them. */
  holds: readonly HoldDto[];
}

export interface StageViewInput {
  repos: Repositories;
  row: StageWithKeys;
  lastPublishedAt: Date | null;
  ledger: readonly LedgerRefRow[];
  /** Holds that stand on its refs. */
  holds: readonly HoldDto[];
  /** Whether an edge leads to the stage: only then can its refs have drifted. */
  isTarget: boolean;
  /** What the edges that lead to it take. */
  incoming: readonly RefRules[];
}

interface ReadStage {
  repo: Repo | null;
  entries: Caught<RefEntry[] | null>;
  summary: Caught<StoredSummary | null>;
  /** What keeps any of it from being read, as a sentence. */
  problem: string | null;
}

/** Refs and summary of a stage, as far as they can be read. */
export function readStage(repos: Repositories, row: StageWithKeys): ReadStage {
  const { repo, problem } = repos.tryOpen(row);
  const entries = repo ? catching(() => listRefs(repo)) : NOTHING;
  const summary = repo ? catching(() => readSummary(repo)) : NOTHING;
  return { repo, entries, summary, problem: problem ?? entries.problem ?? summary.problem };
}

/** Looks at a stage's repository. What can't be read is said in `problem` and doesn't keep the rest from view. */
export async function viewStage(ctx: ServiceContext, input: StageViewInput): Promise<StageView> {
  const { repos, row } = input;
  const { repo, entries, summary, problem } = readStage(repos, row);
  const refs = entries.value ?? [];
  const [unknown, drift, summaryShown] = await allOver([
    repo && input.isTarget ? unknownRun(ctx, repo) : null,
    repo && input.isTarget ? summaryDrift(ctx, row, summary) : null,
    summary.value ? summaryDto(ctx, input, summary.value, refs) : null,
  ]);
  const stage: StageDto = {
    id: row.id,
    name: row.name,
    position: row.position,
    repoPath: row.repoPath,
    mode: repo?.mode ?? 'unknown',
    collectionId: row.collectionId,
    overlapSeconds: row.overlapSeconds,
    retireGraceHours: row.retireGraceHours,
    keys: row.keys.map(stageKeyDto),
    refCount: refs.length,
    problem,
    unknownRun: unknown,
    summaryDrift: drift,
    summary: summaryShown,
    lastPublishedAt: input.lastPublishedAt?.toISOString() ?? null,
  };
  const view = (entry: RefEntry) => stageRefDto(ctx, repo, entry, input);
  return { row, stage, refs: refs.map(view), repo, holds: input.holds };
}

/** One that can't be read says so to the worker, which stops there; nothing of the stage need be hidden for it. */
async function unknownRun(ctx: ServiceContext, repo: Repo): Promise<StageDto['unknownRun']> {
  try {
    const run = await findUnknownRun(await ctx.atHead(), repo);
    return run && { promotion: run.promotionNumber, at: run.recordedAt };
  } catch (error) {
    if (!isAppError(error) || error.code === 'database-unavailable') throw error;
    return null;
  }
}

/** Where it can't be read `problem` says so already: what became of it can't be told. */
async function summaryDrift(
  ctx: ServiceContext,
  row: StageWithKeys,
  { value, code }: Caught<StoredSummary | null>,
): Promise<StageDto['summaryDrift']> {
  if (code !== null && code !== 'ostree/summary-invalid') return null;
  return findSummaryDrift(await ctx.atHead(), row, code === null ? value : 'damaged');
}

/** The public half of a key. */
export function stageKeyDto(key: StageKeyRow): StageKeyDto {
  return {
    id: key.id,
    type: keyTypeSchema.parse(key.type),
    keyId: key.keyId,
    purpose: key.purpose === 'sign' ? 'sign' : 'trust',
    createdAt: key.createdAt.toISOString(),
    retiredAt: key.retiredAt?.toISOString() ?? null,
  };
}

async function summaryDto(
  ctx: ServiceContext,
  { repos, row }: StageViewInput,
  stored: StoredSummary,
  refs: readonly RefEntry[],
): Promise<NonNullable<StageDto['summary']>> {
  const { summary, bytes, signatureBytes } = stored;
  const listed = new Map(summary.refs.map((each) => [each.ref, each.checksum]));
  const isCurrent =
    listed.size === refs.length && refs.every((entry) => listed.get(entry.ref) === entry.checksum);
  return {
    lastModified: summary.lastModified === null ? null : isoOfSeconds(summary.lastModified),
    refCount: summary.refs.length,
    signatures: await summarySignatures(ctx, { repos, stage: row }, bytes, signatureBytes),
    isCurrent,
  };
}

function stageRefDto(
  ctx: ServiceContext,
  repo: Repo | null,
  entry: RefEntry,
  { ledger, holds, isTarget, incoming }: StageViewInput,
): StageRefDto {
  const info = repo ? catching(() => commitInfo(ctx, repo, entry.checksum)).value : null;
  const known = ledger.find((each) => each.ref === entry.ref);
  return {
    ref: entry.ref,
    checksum: entry.checksum,
    version: info?.version ?? null,
    subject: info?.subject ?? '',
    timestamp: isoOfSeconds(info?.timestamp ?? 0),
    isPromotable: isPromotableRef(entry.ref),
    isBroken: info === null,
    isDrifted: isTarget && known?.checksum !== entry.checksum,
    isBroughtByEdge: incoming.some((rules) => isTargetRefTaken(rules, entry.ref)),
    holds: holds.filter((hold) => hold.ref === entry.ref),
  };
}

/** Seconds since 1970 as ISO 8601. */
export function isoOfSeconds(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

/** What was read, or why it could not be. */
type Caught<T> =
  | { value: T; problem: null; code: null }
  | { value: null; problem: string; code: AppError['code'] };
const NOTHING = { value: null, problem: null, code: null } as const;

/** What `read` gives, or null with the code and the sentence of the AppError it threw. Bugs are thrown on. */
function catching<T>(read: () => T): Caught<T> {
  try {
    return { value: read(), problem: null, code: null };
  } catch (error) {
    if (isAppError(error)) return { value: null, problem: error.userMessage, code: error.code };
    throw error;
  }
}
