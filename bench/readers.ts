import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { makeOneTimePassword } from '../lib/auth/one-time-password';
import { startPostgres } from '../lib/db/testing/postgres-server';
import { runWorker } from '../lib/jobs/run-worker';
import { addPerson } from '../lib/services/add-person';
import { changePassword } from '../lib/services/change-password';
import { connectSigner } from '../lib/signer/client';
import { findFreePort } from '../lib/testing/free-port';
import { makeEmpty, PROGRAM } from './commands';
import { type Installation, install, promote } from './installation';
import { ostree, REF } from './make-repositories';
import { type Look, percentile, type ReadLoad } from './read-load';

export interface ReadersOptions {
  /** How many promotions are in the history before anybody reads. */
  promotions: number;
  people: number;
  /** How long they read. */
  seconds: number;
}

export interface ReadersResult {
  database: 'SQLite' | 'PostgreSQL';
  looks: Look[];
  /** Published while they read. */
  promoted: number;
}

const FILES = 300;
/** A summary is replaced once a second at most, so one stage alone would take as many seconds as promotions. */
const TARGETS = 4;
const PROMOTIONS_PER_MINUTE = 10;
/** People read for so long before any look counts: a server that runs for days has all of it compiled. */
const WARM_SECONDS = 120;

/**
 * People who read pages and the API of a running `treeline serve` with a long history, while promotions go on: once on
 * SQLite, once on PostgreSQL that syncs as in production.
 */
export async function measureReaders(folder: string, options: ReadersOptions): Promise<ReadersResult[]> {
  const sqlite = await readOn(join(folder, 'readers-sqlite'), undefined, options);
  const server = await startPostgres({ isDurable: true });
  try {
    await server.query('CREATE DATABASE treeline');
    const postgresql = await readOn(join(folder, 'readers-postgresql'), server.urlOf('treeline'), options);
    return [
      { database: 'SQLite', ...sqlite },
      { database: 'PostgreSQL', ...postgresql },
    ];
  } finally {
    await server.close();
  }
}

type OneResult = Omit<ReadersResult, 'database'>;

async function readOn(
  folder: string,
  databaseUrl: string | undefined,
  options: ReadersOptions,
): Promise<OneResult> {
  mkdirSync(folder);
  const build = makeBuilder(folder);
  const [port, repoPort] = [await findFreePort(), await findFreePort()];
  const installation = await install(join(folder, 'home'), {
    dev: build.repo,
    targets: Array.from({ length: TARGETS }, (_, index) => makeEmpty(folder, `target-${index}`)),
    repoUrl: `http://127.0.0.1:${repoPort}`,
    databaseUrl,
  });
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(process.execPath, [PROGRAM, 'serve', `--port=${port}`, `--repo-port=${repoPort}`], {
    env: { ...process.env, ...installation.env, NODE_ENV: 'production', TREELINE_LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    await answers(url, server);
    const commits = await makePast(installation, build, options.promotions);
    const cookies = await addReaders(installation, url, options.people);
    const past = { commits, targets: TARGETS };
    build.prepare(Math.ceil(((WARM_SECONDS + options.seconds) / 60) * PROMOTIONS_PER_MINUTE) + 2);
    const read = async (seconds: number) => {
      const [promoted, looks] = await Promise.all([
        promoteUntil(installation, build, performance.now() + seconds * 1000),
        readInThread({ url, cookies, past, seconds }),
      ]);
      return { looks, promoted };
    };
    // A server that has just been started has loaded and compiled nothing.
    await read(WARM_SECONDS);
    return await read(options.seconds);
  } finally {
    await stop(server);
    await installation.ctx.db.$disconnect();
  }
}

/** A build farm: a small repository, and the next release in it. */
interface Builder {
  repo: string;
  /** Builds so many releases beforehand: the farm is another machine than the one that is read from. */
  prepare(count: number): void;
  /** Moves the ref to the next release, which is built unless it was prepared. Returns its commit. */
  release(): string;
}

function makeBuilder(folder: string): Builder {
  const repo = makeEmpty(folder, 'dev');
  const tree = join(folder, 'tree');
  mkdirSync(join(tree, 'usr/share'), { recursive: true });
  for (let index = 0; index < FILES; index++) writeFileSync(join(tree, `usr/share/${index}`), `${index}\n`);
  const refPath = join(repo, 'refs/heads', REF);
  let version = 0;
  let last: string | null = null;
  const make = (): string => {
    version++;
    writeFileSync(join(tree, `usr/share/${version % FILES}`), `changed in ${version}\n`);
    const about = [
      '--orphan',
      `--bind-ref=${REF}`,
      ...(last === null ? [] : [`--parent=${last}`]),
      `--subject=Release ${version}`,
      `--add-metadata-string=version=1.${version}`,
    ];
    last = ostree('commit', `--repo=${repo}`, ...about, `--tree=dir=${tree}`);
    return last;
  };
  const prepared: string[] = [];
  const prepare = (count: number) => {
    for (let index = 0; index < count; index++) prepared.push(make());
  };
  const release = () => {
    const commit = prepared.shift() ?? make();
    // Not beside the ref, where it would be one for a moment.
    const temporary = join(repo, 'tmp/next-ref');
    writeFileSync(temporary, `${commit}\n`);
    mkdirSync(dirname(refPath), { recursive: true });
    renameSync(temporary, refPath);
    return commit;
  };
  release();
  return { repo, prepare, release };
}

/** Real promotions one after the other, with a worker beside that of the server, which looks more often. Returns their commits. */
async function makePast(installation: Installation, build: Builder, count: number): Promise<string[]> {
  const { ctx } = installation;
  const end = new AbortController();
  const quiet = () => undefined;
  const working = runWorker(
    {
      db: ctx.db,
      clock: ctx.clock,
      signer: connectSigner(ctx.home.signerSocket),
      repoUrl: ctx.repoUrl,
      log: { info: quiet, warn: quiet, error: (_, message) => console.error(message) },
      workerName: 'bench',
      pollMilliseconds: 10,
    },
    end.signal,
  );
  try {
    const commits: string[] = [];
    for (let index = 1; index <= count; index++) {
      commits.push(await promoteNext(installation, build, index % TARGETS));
      if (index % 100 === 0) console.log(`  ${index} promotions made`);
    }
    return commits;
  } finally {
    end.abort();
    await working;
  }
}

async function promoteNext(installation: Installation, build: Builder, target: number): Promise<string> {
  const commit = build.release();
  const { number, state, runs } = await promote(installation, `Release of ${commit.slice(0, 10)}`, target);
  if (state === 'published') return commit;
  throw new Error(`#${number} ended ${state}: ${runs.at(-1)?.error?.message ?? 'no run'}`);
}

async function promoteUntil(installation: Installation, build: Builder, end: number): Promise<number> {
  let promoted = 0;
  while (performance.now() < end) {
    const next = performance.now() + 60_000 / PROMOTIONS_PER_MINUTE;
    await promoteNext(installation, build, promoted % TARGETS);
    promoted++;
    await pause(Math.max(0, next - performance.now()));
  }
  return promoted;
}

/** Adds people who may read all of it, and signs them in as the page does. Returns their cookies. */
async function addReaders({ ctx }: Installation, url: string, count: number): Promise<string[]> {
  const system = { kind: 'system', name: 'bench' } as const;
  const cookies: string[] = [];
  for (let index = 0; index < count; index++) {
    const name = `reader-${index}`;
    const input = { name, displayName: `Reader ${index}`, role: 'auditor' as const };
    const { person, oneTimePassword } = await addPerson(ctx, system, input);
    const password = makeOneTimePassword();
    await changePassword(
      ctx,
      { ...person, kind: 'person', stageRoles: new Map(), mustChangePassword: true, sessionId: null },
      { currentPassword: oneTimePassword, newPassword: password },
    );
    cookies.push(await signIn(url, name, password));
  }
  return cookies;
}

async function signIn(url: string, name: string, password: string): Promise<string> {
  const first = await fetch(`${url}/api/auth/csrf`);
  const { csrfToken } = (await first.json()) as { csrfToken: string };
  const answer = await fetch(`${url}/api/auth/callback/credentials`, {
    method: 'POST',
    headers: { origin: url, cookie: cookieOf(first) },
    body: new URLSearchParams({ csrfToken, name, password, json: 'true' }),
    redirect: 'manual',
  });
  const cookie = cookieOf(answer);
  const me = await fetch(`${url}/api/me`, { headers: { cookie } });
  if (me.status !== 200) throw new Error(`${name} could not sign in: ${answer.status}`);
  return cookie;
}

function cookieOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((line) => line.slice(0, line.indexOf(';')))
    .join('; ');
}

/** People read in a thread of their own: this one waits for programs now and then, and what it does is not what they wait for. */
async function readInThread(load: ReadLoad): Promise<Look[]> {
  const thread = new Worker(new URL('bench-read-load.mjs', import.meta.url), { workerData: load });
  const [looks] = (await once(thread, 'message')) as [Look[]];
  return looks;
}

async function answers(url: string, server: ChildProcess): Promise<void> {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`treeline serve ended with ${server.exitCode}`);
    try {
      if ((await fetch(`${url}/api/health`)).ok) return;
    } catch {
      // Not yet.
    }
    await pause(100);
  }
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  server.kill('SIGTERM');
  await once(server, 'exit');
}

/** What 95 of 100 looks of each kind have to stay below, in seconds. */
const LOOK_SECONDS_MAX = 0.1;

/** Prints medians and 95th percentiles; whether pages and API reads stay below the limit on both databases. */
export function reportReaders(results: readonly ReadersResult[]): boolean {
  const milliseconds = (value: number) => `${(value * 1000).toFixed(0).padStart(5)} ms`;
  let isWithin = true;
  for (const { database, looks, promoted } of results) {
    console.log(`\n${database}, ${promoted} promotions meanwhile:    looks    median  95 of 100      most`);
    for (const kind of ['page', 'api'] as const) {
      const ofKind = looks.filter((look) => look.kind === kind);
      const views = [...new Set(ofKind.map(({ view }) => view))].sort();
      for (const view of [null, ...views]) {
        const seconds = ofKind
          .filter((look) => view === null || look.view === view)
          .map((look) => look.seconds);
        const cells = [50, 95, 100].map((hundredths) => milliseconds(percentile(seconds, hundredths)));
        const name = view === null ? `all ${kind === 'page' ? 'pages' : 'API reads'}` : `  ${view}`;
        console.log(`  ${name.padEnd(20)}${String(seconds.length).padStart(20)}  ${cells.join('  ')}`);
        if (view === null && percentile(seconds, 95) > LOOK_SECONDS_MAX) isWithin = false;
      }
    }
  }
  console.log(`${isWithin ? 'Within' : 'OVER'} the 100 ms that 95 of 100 may take.`);
  return isWithin;
}
