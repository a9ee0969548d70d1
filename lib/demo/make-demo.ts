import { join } from 'node:path';
import { systemActor } from '../auth/actor';
import { openDatabase } from '../db/client';
import { sqliteUrl } from '../db/database-url';
import { applyMigrations } from '../db/migrate';
import { isAppError } from '../errors';
import { createHome, type Home } from '../home';
import { runWorker } from '../jobs/run-worker';
import type { Repo } from '../ostree';
import { addEdge } from '../services/add-edge';
import { addGroup } from '../services/add-group';
import { addStage } from '../services/add-stage';
import { addStageKey } from '../services/add-stage-key';
import { listEdges } from '../services/list-edges';
import { createServiceContext, type ServiceContext } from '../services/service-context';
import { updateEdge } from '../services/update-edge';
import { connectSigner } from '../signer/client';
import { runSigner } from '../signer/run-signer';
import { type KeyStore, openKeyStore } from '../signer/store';
import { DemoClock } from './demo-clock';
import { addDemoPeople, type DemoPerson } from './demo-people';
import {
  backdateSummary,
  commitRelease,
  copyHistory,
  DEMO_STAGES,
  type DemoSign,
  type DemoStageName,
  listCommits,
  makeRepositories,
  releaseAt,
  releasedAt,
  signCommits,
  summarise,
} from './demo-stages';
import { playPromotion, STORY, type StoryTeller } from './demo-story';

export type { DemoPerson } from './demo-people';

export interface MakeDemoOptions {
  /** The present of the demo; what is told of the past lies before it. */
  now: Date;
  /** Told of each step, for a person who waits. */
  say: (line: string) => void;
  signal: AbortSignal;
}

type Stages = Record<DemoStageName, { repo: Repo; sign: DemoSign }>;

/**
 * Makes a whole demo in the empty folder `dir`: the home in `home/`, the stage repositories in `repos/`.
 * Passwords are returned here and stored nowhere but as hashes.
 *
 * @throws AppError `ostree/aborted` and others where the signal or the disk ends it; the folder is then no demo
 */
export async function makeDemo(
  dir: string,
  options: MakeDemoOptions,
): Promise<{ home: Home; people: DemoPerson[] }> {
  const home = createHome(join(dir, 'home'));
  const url = sqliteUrl(home.databasePath);
  await applyMigrations(url);
  const db = openDatabase({ url });
  const readOnlyDb = openDatabase({ url, isReadOnly: true });
  const clock = new DemoClock(releasedAt(releaseAt(0), options.now));
  const ctx = createServiceContext({ home, db, clock });
  const repos = makeRepositories(join(dir, 'repos'));
  const store = openKeyStore(home.signerDir);
  const signer = await runSigner({
    db: readOnlyDb,
    databasePath: home.databasePath,
    clock,
    signerDir: home.signerDir,
    socketPath: home.signerSocket,
    setupSocketPath: home.signerSetupSocket,
  });
  try {
    const stages = await makePast(ctx, clock, { repos, store }, options);
    const people = await tellStory(ctx, clock, stages, options);
    return { home, people };
  } finally {
    await signer.close();
    await store.close();
    for (const repo of Object.values(repos)) repo.close();
    await readOnlyDb.$disconnect();
    await db.$disconnect();
  }
}

/** What was there before Treeline: the first releases in every stage. Then the stages with their keys. */
async function makePast(
  ctx: ServiceContext,
  clock: DemoClock,
  { repos, store }: { repos: Record<DemoStageName, Repo>; store: KeyStore },
  { now, say, signal }: MakeDemoOptions,
): Promise<Stages> {
  const first = STORY[0]?.release ?? 0;
  say(`Making ${first} releases of Aurora OS for two architectures …`);
  for (let index = 0; index < first; index++) {
    signal.throwIfAborted();
    await commitRelease(repos.dev, index, now);
  }
  await copyHistory(repos.dev, repos.staging);
  await copyHistory(repos.dev, repos.production);
  clock.moveTo(new Date(releasedAt(releaseAt(first), now).getTime() - 7_200_000));

  say('Making stages, keys, edges and people …');
  const stages = {} as Stages;
  for (const name of DEMO_STAGES) {
    signal.throwIfAborted();
    const sign = await addDemoStage(ctx, store, name, repos[name]);
    stages[name] = { repo: repos[name], sign };
    await signCommits(repos[name], listCommits(repos[name]), sign);
    await summarise(repos[name], sign, clock.now());
  }
  for (const [from, to] of [
    ['dev', 'staging'],
    ['staging', 'production'],
  ] as const) {
    await addEdge(ctx, systemActor('demo'), { from, to, refGlobs: ['aurora/**'] });
  }
  return stages;
}

/** Makes the repository a stage with keys of its own: ed25519, in production GPG too where there is gpg. */
async function addDemoStage(
  ctx: ServiceContext,
  store: KeyStore,
  name: DemoStageName,
  repo: Repo,
): Promise<DemoSign> {
  const actor = systemActor('demo');
  const stage = await addStage(ctx, actor, { name, repoPath: repo.path });
  const keys = [await addStageKey(ctx, actor, { stage: name, action: 'generate', type: 'ed25519' })];
  if (name === 'production') {
    try {
      keys.push(await addStageKey(ctx, actor, { stage: name, action: 'generate', type: 'gpg' }));
    } catch (error) {
      // A machine without gpg has a demo all the same, for clients that check ed25519.
      if (!isAppError(error, 'ostree/gpg-failed')) throw error;
    }
  }
  return async (bytes) => {
    const made = { ed25519: [] as Uint8Array[], gpg: [] as Uint8Array[] };
    for (const { type, keyId } of keys) {
      made[type].push(await store.sign({ stageId: stage.id, type, keyId }, bytes));
    }
    return made;
  };
}

/** The weeks since Treeline came: releases, and promotions that the real worker carries out. */
async function tellStory(
  ctx: ServiceContext,
  clock: DemoClock,
  stages: Stages,
  { now, say, signal }: MakeDemoOptions,
): Promise<DemoPerson[]> {
  const { people, actors } = await addDemoPeople(ctx);
  await askForGroup(ctx, actors);
  const end = new AbortController();
  const crash = new AbortController();
  const teller: StoryTeller = { ctx, clock, now, actors, signal: AbortSignal.any([signal, crash.signal]) };
  say('Promoting, as its people would have in the last weeks …');
  const working = runWorker(
    {
      db: ctx.db,
      clock,
      signer: connectSigner(ctx.home.signerSocket),
      repoUrl: null,
      log: { info: () => undefined, warn: () => undefined, error: (_fields, message) => say(message) },
      workerName: 'demo',
      pollMilliseconds: 20,
    },
    end.signal,
  ).catch((error: unknown) => crash.abort(error));
  try {
    for (const { release, promotions } of STORY) {
      teller.signal.throwIfAborted();
      clock.moveTo(releasedAt(releaseAt(release), now));
      await publishRelease(stages.dev, release, clock, now);
      for (const promotion of promotions) {
        await playPromotion(teller, promotion);
        if (promotion.outcome.kind === 'published') backdateSummary(stages[promotion.to].repo, clock.now());
      }
    }
  } finally {
    end.abort();
    await working;
  }
  return people;
}

/** What goes to production is approved by the group release, whose only member here is the reviewer. */
async function askForGroup(ctx: ServiceContext, { admin, reviewer }: StoryTeller['actors']): Promise<void> {
  await addGroup(ctx, admin, { name: 'release', members: [reviewer.id] });
  const edge = (await listEdges(ctx, admin)).find(({ to }) => to === 'production');
  if (!edge) throw new Error('the demo has no edge to production');
  await updateEdge(ctx, admin, { id: edge.id, approvalRules: [{ group: 'release', required: 1 }] });
}

/** A new release in dev: committed, signed, and in dev's summary. */
async function publishRelease(dev: Stages['dev'], index: number, clock: DemoClock, now: Date): Promise<void> {
  await signCommits(dev.repo, await commitRelease(dev.repo, index, now), dev.sign);
  await summarise(dev.repo, dev.sign, clock.now());
}
