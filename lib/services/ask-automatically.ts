import type { PlanResultDto } from '../contracts/promotion';
import { modeSchema } from '../contracts/scalars';
import { isAskedByItself, wasRefused } from '../db/automatic';
import { inTransaction, type Reader } from '../db/client';
import { type EdgeWithStages, findEdges } from '../db/edge';
import { findHolds } from '../db/hold';
import { findOpenPromotionsInto } from '../db/promotion';
import { isAppError } from '../errors';
import { type Checksum, hasObject, isPromotableRef, listRefs, type Repo, resolveRef } from '../ostree';
import { isAutomatic } from '../promotion/automatic-refs';
import { identityOf } from '../promotion/commit-identity';
import { edgeAutomaticRules } from '../promotion/edge-rules';
import { targetRefOf } from '../promotion/match-refs';
import { AUTOMATIC_ACCOUNT_ID } from '../promotion/service-role';
import { openStates } from '../promotion/state-machine';
import { commitInfo } from './commit-info';
import { refuseStale } from './create-promotion';
import { makePlan } from './make-plan';
import { withRepositories } from './repositories';
import type { ServiceContext } from './service-context';
import { type Asking, storePromotion } from './store-promotion';

/** How long a head whose plan can't be asked for rests before it is planned again, in milliseconds. */
const restMilliseconds = 5 * 60_000;

/** Heads that could not be asked for, with when to look at them again, on the clock of `performance.now`. */
export type AutomaticRests = Map<string, number>;

/** What asking by itself is given. */
export interface AutomaticOptions {
  rests: AutomaticRests;
  log: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
}

/** The head of one ref of an edge that the target does not have. */
interface Ahead {
  edge: EdgeWithStages;
  sourceRef: string;
  targetRef: string;
  checksum: Checksum;
  replaced: Checksum | null;
}

const asker: Asking['asker'] = {
  id: AUTOMATIC_ACCOUNT_ID,
  isPerson: false,
  sponsorIds: [],
  token: null,
  session: null,
  audit: { id: null, name: 'automatic' },
};

/**
 * Asks for what edges promote by themselves: the head of each such ref that the target does not have, where it follows from
 * what it would replace, no check fails, nothing else is open for it, nothing holds it off and nobody has refused this very
 * commit. One promotion a ref; a newer head takes the place of an older one that no worker has begun. Any number of
 * processes may do so at once.
 */
export async function askAutomatically(ctx: ServiceContext, options: AutomaticOptions): Promise<void> {
  for (const edge of await findEdges(ctx.db)) {
    if (edgeAutomaticRules(edge).automaticRefs.length === 0) continue;
    try {
      for (const ahead of await findAhead(ctx, edge)) await askFor(ctx, ahead, options);
    } catch (error) {
      if (!isAppError(error) || error.code === 'database-unavailable') throw error;
      // The pages of its stages say what is wrong.
      options.log.warn({ error, edge: edge.id }, 'could not look for what an edge promotes by itself');
    }
  }
}

/** Heads of refs that the edge promotes by itself and that the target does not have. Reads refs, and a commit or two. */
function findAhead(ctx: ServiceContext, edge: EdgeWithStages): Promise<Ahead[]> {
  const rules = edgeAutomaticRules(edge);
  const mode = modeSchema.parse(edge.mode);
  return withRepositories(async (repos) => {
    const [source, target] = [repos.open(edge.from), repos.open(edge.to)];
    const id = (repo: Repo, checksum: Checksum) => identityOf(mode, commitInfo(ctx, repo, checksum));
    return listRefs(source).flatMap(({ ref, checksum }) => {
      const targetRef = targetRefOf(rules, ref);
      if (!isPromotableRef(ref) || !isPromotableRef(targetRef) || !isAutomatic(rules, ref)) return [];
      const replaced = resolveRef(target, targetRef);
      const isThere =
        replaced !== null &&
        (replaced === checksum ||
          (mode === 'recommit' &&
            hasObject(target, replaced, 'commit') &&
            id(source, checksum) === id(target, replaced)));
      return isThere ? [] : [{ edge, sourceRef: ref, targetRef, checksum, replaced }];
    });
  });
}

async function askFor(ctx: ServiceContext, ahead: Ahead, { rests, log }: AutomaticOptions): Promise<void> {
  const { edge, sourceRef, checksum } = ahead;
  const key = [edge.id, edge.policyVersion, sourceRef, checksum, ahead.replaced].join('\n');
  if ((rests.get(key) ?? 0) > performance.now()) return;
  const first = await findTurn(ctx.db, ahead);
  if (first === null) return;
  const line = { from: edge.from.name, to: edge.to.name, ref: sourceRef, commit: checksum };
  try {
    const input = { edge: edge.id, refs: [{ ref: sourceRef, checksum }] };
    const askedAsNewest = new Set([ahead.targetRef]);
    const how = { isAutomatic: true, superseded: first.supersedes, askedAsNewest };
    const result = await makePlan(ctx, input, how);
    const why = whyNotByItself(result, first.supersedes);
    if (why !== null) {
      rest(rests, key);
      log.info({ ...line, why }, 'what an edge promotes by itself can’t be asked for');
      return;
    }
    const number = await inTransaction(ctx.db, async (tx) => {
      const turn = await findTurn(tx, ahead);
      if (turn === null || turn.supersedes !== first.supersedes) return null;
      await refuseStale(tx, result);
      return storePromotion(tx, {
        result,
        reason: reasonOf(ahead, result),
        at: ctx.clock.now(),
        asker,
        key: null,
        supersedes: turn.supersedes,
      });
    });
    if (number !== null) log.info({ ...line, promotion: number }, 'asked for a promotion by itself');
  } catch (error) {
    if (!isAppError(error) || error.code === 'database-unavailable') throw error;
    // Another worker was quicker, or something has changed: the next look finds out.
    rest(rests, key);
    log.warn({ ...line, error }, 'could not ask for what an edge promotes by itself');
  }
}

function rest(rests: AutomaticRests, key: string): void {
  for (const [each, until] of rests) if (until <= performance.now()) rests.delete(each);
  rests.set(key, performance.now() + restMilliseconds);
}

/**
 * Whether it is this commit's turn, and which open promotion it takes the place of; null where it is not: something holds
 * the ref off, the commit was refused, or something else is open for the ref.
 */
async function findTurn(
  db: Reader,
  { edge, sourceRef, targetRef, checksum }: Ahead,
): Promise<{ supersedes: number | undefined } | null> {
  if ((await findHolds(db, edge.toStageId, [targetRef])).length > 0) return null;
  if (await wasRefused(db, { edgeId: edge.id, sourceRef, sourceChecksum: checksum })) return null;
  const open = await findOpenPromotionsInto(db, edge.toStageId, [targetRef], openStates);
  const [older] = open;
  if (!older) return { supersedes: undefined };
  const isReplaceable =
    open.length === 1 &&
    older.edgeId === edge.id &&
    isAskedByItself(older) &&
    older.state !== 'running' &&
    older.refs.every((ref) => ref.sourceChecksum !== checksum);
  return isReplaceable ? { supersedes: older.number } : null;
}

/** Nobody looks at it first, so what is advice to people is a stop here where history is concerned. */
function whyNotByItself(
  { facts, supersedable }: PlanResultDto,
  supersedes: number | undefined,
): string | null {
  const stop = facts.checks.find(
    ({ code, result }) => result === 'fail' || (code === 'history' && result !== 'pass'),
  );
  if (stop) return `${stop.title}: ${stop.detail}`;
  if (supersedes === undefined || supersedable.some(({ number }) => number === supersedes)) return null;
  return `#${supersedes} is open and asks for a later commit`;
}

function reasonOf({ edge, sourceRef, checksum }: Ahead, { facts }: PlanResultDto): string {
  const version = facts.refs[0]?.toVersion;
  const what = version == null ? checksum.slice(0, 10) : `${version} (${checksum.slice(0, 10)})`;
  return `${sourceRef} in ${edge.from.name} is at ${what}, and the edge promotes it by itself`.slice(0, 2000);
}
