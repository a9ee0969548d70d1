import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { StageDto } from '../contracts/stage';
import { findStages, type StageWithKeys } from '../db/stage';
import { processWide } from '../process-wide';
import { withRepositories } from './repositories';
import type { ServiceContext } from './service-context';
import { readStage } from './stage-dto';

interface Look {
  /** When it was looked, in milliseconds. */
  at: number;
  problems: Map<string, string | null>;
}

/** By database: tests have many in one process. */
const looks = processWide('looks-at-repositories', () => new WeakMap<object, Look>());
/** The frame of every page asks: repositories are looked at no more often than this. */
const LOOK_AGAIN_MILLISECONDS = 3_000;

/**
 * The names of the stages in the order of the pipeline, each with what keeps it from being read, as of the last few seconds. Every
 * page shows them, so nothing is looked at besides.
 */
export async function listStageNames(
  ctx: ServiceContext,
  actor: Actor,
): Promise<Pick<StageDto, 'name' | 'problem'>[]> {
  authorise(actor, 'read');
  const rows = await findStages(await ctx.atHead());
  const now = ctx.clock.now().getTime();
  const before = looks.get(ctx.db);
  const isFresh =
    before !== undefined &&
    Math.abs(now - before.at) < LOOK_AGAIN_MILLISECONDS &&
    rows.every(({ id }) => before.problems.has(id));
  const { problems } = isFresh ? before : await look(rows, now);
  if (!isFresh) looks.set(ctx.db, { at: now, problems });
  return rows.map(({ id, name }) => ({ name, problem: problems.get(id) ?? null }));
}

function look(rows: readonly StageWithKeys[], at: number): Promise<Look> {
  return withRepositories(async (repos) => ({
    at,
    problems: new Map(rows.map((row) => [row.id, readStage(repos, row).problem])),
  }));
}
