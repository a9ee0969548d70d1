import { setTimeout as pause } from 'node:timers/promises';
import type { PersonActor } from '../lib/auth/actor';
import type { PromotionDto } from '../lib/contracts/promotion';
import { openDatabase } from '../lib/db/client';
import { sqliteUrl } from '../lib/db/database-url';
import { openHome } from '../lib/home';
import { createPlan } from '../lib/services/create-plan';
import { createPromotion } from '../lib/services/create-promotion';
import { decidePromotion } from '../lib/services/decide-promotion';
import { getPromotion } from '../lib/services/get-promotion';
import { listEdges } from '../lib/services/list-edges';
import { listPeople } from '../lib/services/list-people';
import { createServiceContext, type ServiceContext } from '../lib/services/service-context';
import { treeline } from './commands';
import { REF } from './make-repositories';

const TERMINAL = new Set(['published', 'failed', 'stale', 'rejected', 'withdrawn']);

/** A home with the stage `dev`, others that edges lead into from there, and who asks and who approves. */
export interface Installation {
  ctx: ServiceContext;
  /** The edge into each of the others, in their order. */
  edges: string[];
  requester: PersonActor;
  reviewer: PersonActor;
  /** What every process of it is told. */
  env: Record<string, string>;
}

export interface InstallationOptions {
  /** Paths of the repositories. */
  dev: string;
  targets: readonly string[];
  repoUrl: string;
  /** An empty PostgreSQL database; without it SQLite in the home. */
  databaseUrl?: string | undefined;
}

/** Sets all of it up by the commands that a person would use. The caller disconnects `ctx.db`. */
export async function install(
  root: string,
  { dev, targets, repoUrl, databaseUrl }: InstallationOptions,
): Promise<Installation> {
  const env = { TREELINE_HOME: root, ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) };
  await treeline(['init'], env);
  await treeline(['stage', 'add', 'dev', `--repo=${dev}`], env);
  for (const [index, path] of targets.entries()) {
    const name = `target-${index}`;
    await treeline(['stage', 'add', name, `--repo=${path}`], env);
    await treeline(['key', 'generate', name], env);
    await treeline(['edge', 'add', 'dev', name, '--refs=**'], env);
  }
  await treeline(['person', 'add', 'manager', '--role=release-manager'], env);
  await treeline(['person', 'add', 'reviewer', '--role=reviewer'], env);
  const home = openHome(root);
  const db = openDatabase({ url: databaseUrl ?? sqliteUrl(home.databasePath) });
  const ctx = createServiceContext({ home, db, repoUrl });
  const system = { kind: 'system', name: 'bench' } as const;
  const added = await listEdges(ctx, system);
  const edges = targets.map((_, index) => {
    const edge = added.find(({ to }) => to === `target-${index}`);
    if (edge === undefined) throw new Error(`the edge to target-${index} was not added`);
    return edge.id;
  });
  const people = await listPeople(ctx, system);
  const actorOf = (name: string): PersonActor => {
    const person = people.find((candidate) => candidate.name === name);
    if (person === undefined) throw new Error(`${name} was not added`);
    return { ...person, kind: 'person', stageRoles: new Map(), mustChangePassword: false, sessionId: null };
  };
  return { ctx, edges, requester: actorOf('manager'), reviewer: actorOf('reviewer'), env };
}

/** Asks for a promotion into the target of that place, approves, and waits until a worker is done. */
export async function promote(
  { ctx, edges, requester, reviewer }: Installation,
  reason: string,
  target = 0,
): Promise<PromotionDto> {
  const input = { edge: edges[target] ?? '', refs: [{ ref: REF }] };
  const { planChecksum } = await createPlan(ctx, requester, input);
  const { number } = await createPromotion(ctx, requester, { ...input, planChecksum, reason });
  await decidePromotion(ctx, reviewer, { number, decision: 'approve', planChecksum, comment: '' });
  // Nobody else asks so often: what is asked has to be little.
  const select = { state: true };
  for (;;) {
    const { state } = await ctx.db.promotion.findUniqueOrThrow({ where: { number }, select });
    if (TERMINAL.has(state)) return getPromotion(ctx, requester, number);
    await pause(50);
  }
}
