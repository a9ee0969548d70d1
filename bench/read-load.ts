import { once } from 'node:events';
import http, { Agent, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { REF } from './make-repositories';

/** Something that people look at: the page, and what it asks the API for while it is open. */
interface View {
  name: string;
  page: string;
  api: string;
}

/** What there is to look at. */
export interface Past {
  /** Of the promotions in their order. */
  commits: readonly string[];
  /** How many stages there are besides `dev`. */
  targets: number;
}

/** People who read for so long, each signed in by a cookie. */
export interface ReadLoad {
  url: string;
  cookies: readonly string[];
  past: Past;
  seconds: number;
}

/** One of them, with a seed of their own for what they look at. */
interface ReaderPlan extends Pick<ReadLoad, 'url' | 'past'> {
  cookie: string;
  seed: number;
}

/** Seconds until the last byte of an answer was there. */
export interface Look {
  view: string;
  kind: 'page' | 'api';
  seconds: number;
}

/** How long somebody looks at a page, in seconds: from, and how much longer at most. */
const LOOK_SECONDS = { least: 3, spread: 6 };

/** All of them at once. */
export async function readTogether({ url, cookies, past, seconds }: ReadLoad): Promise<Look[]> {
  const end = performance.now() + seconds * 1000;
  const looks = await Promise.all(
    cookies.map((cookie, index) => readPages({ url, past, cookie, seed: index + 1 }, end)),
  );
  return looks.flat();
}

/**
 * Opens one page after another until `end` (of `performance.now()`), a few seconds each, and asks the API once while
 * each is open.
 * @throws where anything is answered but with 200
 */
async function readPages(plan: ReaderPlan, end: number): Promise<Look[]> {
  const random = makeRandom(plan.seed);
  const agent = new Agent({ keepAlive: true });
  const looks: Look[] = [];
  const look = async (view: View, kind: 'page' | 'api') => {
    const from = performance.now();
    const status = await get(plan.url + view[kind], plan.cookie, agent);
    if (status !== 200) throw new Error(`${view[kind]} answered ${status}`);
    looks.push({ view: view.name, kind, seconds: (performance.now() - from) / 1000 });
  };
  // They don't all begin at once.
  await pause(random() * 1000 * (LOOK_SECONDS.least + LOOK_SECONDS.spread));
  while (performance.now() < end) {
    const view = chooseView(plan.past, random);
    const halfMilliseconds = 500 * (LOOK_SECONDS.least + random() * LOOK_SECONDS.spread);
    await look(view, 'page');
    await pause(halfMilliseconds);
    await look(view, 'api');
    await pause(halfMilliseconds);
  }
  agent.destroy();
  return looks;
}

/** What people look at: the board most, then promotions, the latest more than old ones. */
function chooseView({ commits, targets }: Past, random: () => number): View {
  const ref = encodeURIComponent(REF);
  const promotions = commits.length;
  const turn = random();
  const back = Math.floor(random() ** 3 * promotions);
  const stage = `target-${Math.floor(random() * targets)}`;
  if (turn < 0.3) return { name: 'board', page: '/', api: '/api/board' };
  if (turn < 0.45) return { name: 'promotions', page: '/promotions', api: '/api/promotions' };
  if (turn < 0.7) {
    const number = promotions - back;
    return { name: 'promotion', page: `/promotions/${number}`, api: `/api/promotions/${number}` };
  }
  if (turn < 0.8) return { name: 'stage', page: `/stages/${stage}`, api: `/api/stages/${stage}` };
  if (turn < 0.88) {
    return {
      name: 'ref',
      page: `/stages/${stage}/refs/${REF}`,
      api: `/api/stages/${stage}/refs/${ref}/commits`,
    };
  }
  if (turn < 0.94) return { name: 'history', page: '/history', api: '/api/audit' };
  const commit = commits[commits.length - 1 - back] ?? '';
  return { name: 'commit', page: `/commits/${commit}?stage=dev`, api: `/api/commits/${commit}?stage=dev` };
}

/**
 * Asks as a browser does: over connections that are this person's own, for an answer that may be compressed, and once more
 * where the server closed an idle connection in the very moment in which it was used again.
 * @returns the status, once the last byte of the answer is there
 */
async function get(url: string, cookie: string, agent: Agent): Promise<number> {
  const ask = async (): Promise<number> => {
    const request = http.get(url, { agent, headers: { cookie, 'accept-encoding': 'gzip' } });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    for await (const _ of answer);
    return answer.statusCode ?? 0;
  };
  try {
    return await ask();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
    return await ask();
  }
}

/** Numbers from 0 to 1, the same for a seed on every run, and those of seeds that follow each other far apart. */
function makeRandom(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b9) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The value that so many hundredths of `values` don't exceed. */
export function percentile(values: readonly number[], hundredths: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil((sorted.length * hundredths) / 100) - 1)];
  if (value === undefined) throw new Error('no values');
  return value;
}
