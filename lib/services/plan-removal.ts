import type { Plan, PlanFacts, RetirableDto, StrandedDto } from '../contracts/promotion';
import { findEdges } from '../db/edge';
import { findNeededCommits } from '../db/needed-commits';
import { findOpenPromotionsFrom } from '../db/promotion';
import { AppError, isAppError } from '../errors';
import {
  Breather,
  type Checksum,
  type Commit,
  findOwnObjects,
  findUnneededCommits,
  listAliases,
  listDeltas,
  listRefs,
  metadataString,
  parseChecksum,
  type RefEntry,
  type Repo,
  readCommit,
  resolveRef,
  sumSizes,
  walkHistory,
} from '../ostree';
import type { RemovalFindings } from '../promotion/check-removal';
import { edgeRules } from '../promotion/edge-rules';
import { isRefTaken, targetRefOf } from '../promotion/match-refs';
import { openStates } from '../promotion/state-machine';
import { leadingTo } from './leading-to';
import { openPromotions } from './plan-ref';
import type { PlanStages } from './plan-stages';
import type { ServiceContext } from './service-context';
import { isoOfSeconds } from './stage-dto';

/** How long counting what goes may take, in milliseconds; what takes longer is not counted. */
const COUNTING_MILLISECONDS_MAX = 2000;
/** Refs that a device could go on at, of each kind. */
const REFS_MAX = 20;

/** What a removal would do, with what stands beside it. */
export interface PlannedRemoval {
  refs: {
    planned: Plan['refs'][number];
    facts: PlanFacts['refs'][number];
    findings: RemovalFindings;
  }[];
  retirable: RetirableDto;
  /** Refs that the stage has left. */
  refsLeft: number;
}

/**
 * Plans to take refs out of the target, and says whom that strands and what is deleted once the grace is over.
 *
 * @throws AppError `ostree/ref-not-found`; `input-invalid` where a ref is at another commit than the caller believes
 */
export async function planRemoval(
  ctx: ServiceContext,
  stages: PlanStages,
  wanted: readonly { ref: string; checksum: string | null }[],
): Promise<PlannedRemoval> {
  const { edge, target } = stages;
  const heads = wanted.map((each) => requireHead(stages, each));
  const going = new Set(heads.map(({ ref }) => ref));
  const staying = listRefs(target).filter(({ ref }) => !going.has(ref));
  const left = await findLeft(ctx, stages, heads, { going, staying });
  const aliases = listAliases(target);
  const refs: PlannedRemoval['refs'] = [];
  for (const { ref, commit } of heads) {
    const stranded = await findStranded(ctx, stages, { ref, commit, staying, left });
    const alias = aliases.find((each) => each.target === ref || each.ref === ref);
    refs.push({
      planned: {
        sourceRef: ref,
        targetRef: ref,
        sourceChecksum: commit.checksum,
        contentChecksum: commit.contentChecksum,
        expectedChecksum: commit.checksum,
        resultingChecksum: null,
        timestamp: null,
      },
      facts: { ...factsOf(ref, commit), stranded },
      findings: {
        ref,
        stranded,
        alias: alias?.ref ?? null,
        openPromotions: await openPromotions(ctx, stages, ref),
      },
    });
  }
  return {
    refs,
    refsLeft: staying.length,
    retirable: {
      graceHours: edge.to.retireGraceHours,
      commits: left.size,
      size: await countSize(target, left),
    },
  };
}

function requireHead(
  { edge, target }: PlanStages,
  { ref, checksum }: { ref: string; checksum: string | null },
): { ref: string; commit: Commit } {
  const head = resolveRef(target, ref);
  const details = { stage: edge.to.name, ref };
  if (head === null) {
    throw new AppError('ostree/ref-not-found', `the stage ${edge.to.name} has no ref ${ref}`, { details });
  }
  if (checksum !== null && checksum !== head) {
    throw new AppError('input-invalid', `${ref} in ${edge.to.name} is at ${head}, not at ${checksum}`, {
      details,
    });
  }
  return { ref, commit: readCommit(target, head) };
}

/** Nothing moves: what there is to say of a ref that goes stands in `stranded`. */
function factsOf(ref: string, { version, timestamp, subject }: Commit): PlanFacts['refs'][number] {
  return {
    targetRef: ref,
    fromVersion: version,
    toVersion: null,
    fromTimestamp: isoOfSeconds(timestamp),
    toTimestamp: isoOfSeconds(timestamp),
    subject,
    commits: 0,
    newObjects: 0,
    newBytes: '0',
    willLink: true,
  };
}

/** The commits that nothing needs once the refs are gone. */
async function findLeft(
  ctx: ServiceContext,
  { edge, target }: PlanStages,
  heads: readonly { commit: Commit }[],
  { going, staying }: { going: ReadonlySet<string>; staying: readonly RefEntry[] },
): Promise<Set<Checksum>> {
  const names = new Set(staying.map(({ ref }) => ref));
  const needed = await findNeededCommits(ctx.db, edge.toStageId, names, ctx.clock.now());
  const asked = heads.flatMap(({ commit }) => historyOf(target, commit.checksum));
  const options = { roots: [...needed].map(parseChecksum), withoutRefs: going };
  const { commits } = await findUnneededCommits(target, asked, options, new Breather(undefined));
  return new Set(commits);
}

function historyOf(repo: Repo, head: Checksum): Checksum[] {
  return [...walkHistory(repo, head)].map(({ checksum }) => checksum);
}

/** Damage somewhere else in the repository is for the worker to stop at: here there is nothing to count then. */
async function countSize(target: Repo, left: ReadonlySet<Checksum>): Promise<RetirableDto['size']> {
  const counting = findOwnObjects(target, left, new Breather(undefined), COUNTING_MILLISECONDS_MAX);
  const objects = await counting.catch((error: unknown) => {
    if (isAppError(error, 'ostree/object-missing') || isAppError(error, 'ostree/object-corrupt')) return null;
    throw error;
  });
  if (objects === null) return null;
  const freed = objects.filter(({ isLastLink }) => isLastLink);
  return { objects: objects.length, bytes: String(sumSizes(objects)), freedBytes: String(sumSizes(freed)) };
}

interface StrandedInput {
  ref: string;
  commit: Commit;
  staying: readonly RefEntry[];
  left: ReadonlySet<Checksum>;
}

async function findStranded(
  ctx: ServiceContext,
  { edge, target }: PlanStages,
  { ref, commit, staying, left }: StrandedInput,
): Promise<StrandedDto> {
  const rebaseTo = metadataString(commit.metadata, 'ostree.endoflife-rebase');
  const sameRefs = staying.filter(({ checksum }) => checksum === commit.checksum);
  const history = historyOf(target, commit.checksum);
  const going = history.filter((checksum) => left.has(checksum));
  const edges = (await findEdges(ctx.db)).filter((each) => each.fromStageId === edge.toStageId);
  const open = await findOpenPromotionsFrom(ctx.db, edge.toStageId, ref, openStates);
  return {
    endOfLife: metadataString(commit.metadata, 'ostree.endoflife'),
    rebaseTo,
    isRebaseTargetThere: staying.some((each) => each.ref === rebaseTo),
    sameRefs: sameRefs.slice(0, REFS_MAX).map((each) => each.ref),
    laterRefs: leadingTo(target, commit.checksum, staying).slice(0, REFS_MAX),
    downstream: edges
      .filter((each) => isRefTaken(edgeRules(each), ref))
      .map((each) => ({ stage: each.to.name, ref: targetRefOf(edgeRules(each), ref) })),
    openFrom: open.map(({ number }) => number),
    deltas: listDeltas(target).filter(({ to }) => going.includes(to)).length,
    commits: going.length,
    commitsKept: history.length - going.length,
  };
}
