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

/** A home with the stages `dev` and `target`, the edge between them, and who asks and who approves. */
export interface Installation {
  ctx: ServiceContext;
  edge: string;
  requester: PersonActor;
  reviewer: PersonActor;
  /** What every process of it is told. */
  env: Record<string, string>;
}

export interface InstallationOptions {
  /** Paths of the repositories. */
  dev: string;
  target: string;
  repoUrl: string;
  /** An empty PostgreSQL database; without it SQLite in the home. */
  databaseUrl?: string | undefined;
}

/** Sets all of it up by the commands that a person would use. The caller disconnects `ctx.db`. */
export async function install(
  root: string,
  { dev, target, repoUrl, databaseUrl }: InstallationOptions,
): Promise<Installation> {
  const env = { TREELINE_HOME: root, ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) };
  await treeline(['init'], env);
  await treeline(['stage', 'add', 'dev', `--repo=${dev}`], env);
  await treeline(['stage', 'add', 'target', `--repo=${target}`], env);
  await treeline(['key', 'generate', 'target'], env);
  await treeline(['edge', 'add', 'dev', 'target', '--refs=**'], env);
  await treeline(['person', 'add', 'manager', '--role=release-manager'], env);
  await treeline(['person', 'add', 'reviewer', '--role=reviewer'], env);
  const home = openHome(root);
  const db = openDatabase({ url: databaseUrl ?? sqliteUrl(home.databasePath) });
  const ctx = createServiceContext({ home, db, repoUrl });
  const system = { kind: 'system', name: 'bench' } as const;
  const edge = (await listEdges(ctx, system))[0];
  if (edge === undefined) throw new Error('the edge was not added');
  const people = await listPeople(ctx, system);
  const actorOf = (name: string): PersonActor => {
    const person = people.find((candidate) => candidate.name === name);
    if (person === undefined) throw new Error(`${name} was not added`);
    return { ...person, kind: 'person', stageRoles: new Map(), mustChangePassword: false, sessionId: null };
  };
  return { ctx, edge: edge.id, requester: actorOf('manager'), reviewer: actorOf('reviewer'), env };
}

/** Asks, approves and waits until a worker is done. */
export async function promote(
  { ctx, edge, requester, reviewer }: Installation,
  reason: string,
): Promise<PromotionDto> {
  const input = { edge, refs: [{ ref: REF }] };
  const { planChecksum } = await createPlan(ctx, requester, input);
  const { number } = await createPromotion(ctx, requester, { ...input, planChecksum, reason });
  await decidePromotion(ctx, reviewer, { number, decision: 'approve', planChecksum, comment: '' });
  for (;;) {
    const promotion = await getPromotion(ctx, requester, number);
    if (TERMINAL.has(promotion.state)) return promotion;
    await pause(50);
  }
}
