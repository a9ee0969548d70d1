import { setTimeout as pause } from 'node:timers/promises';

/** Something that people look at: the page, and what it asks the API for while it is open. */
export interface View {
  name: string;
  page: string;
  api: string;
}

/** A person who reads: signed in, with a seed of their own for what they look at. */
export interface ReaderPlan {
  url: string;
  cookie: string;
  seed: number;
  /** Made anew for each look, since what there is grows. */
  views: (random: () => number) => View;
}

/** Seconds until the last byte of an answer was there. */
export interface Look {
  view: string;
  kind: 'page' | 'api';
  seconds: number;
}

/** How long somebody looks at a page, in seconds: from, and how much longer at most. */
const LOOK_SECONDS = { least: 3, spread: 6 };

/**
 * Opens one page after another until `end` (of `performance.now()`), a few seconds each, and asks the API once while
 * each is open.
 * @throws where anything is answered but with 200
 */
export async function readPages(plan: ReaderPlan, end: number): Promise<Look[]> {
  const random = makeRandom(plan.seed);
  const looks: Look[] = [];
  const look = async (view: View, kind: 'page' | 'api') => {
    const from = performance.now();
    const answer = await get(plan.url + view[kind], plan.cookie);
    await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(`${view[kind]} answered ${answer.status}`);
    looks.push({ view: view.name, kind, seconds: (performance.now() - from) / 1000 });
  };
  // They don't all begin at once.
  await pause(random() * 1000 * (LOOK_SECONDS.least + LOOK_SECONDS.spread));
  while (performance.now() < end) {
    const view = plan.views(random);
    const halfMilliseconds = 500 * (LOOK_SECONDS.least + random() * LOOK_SECONDS.spread);
    await look(view, 'page');
    await pause(halfMilliseconds);
    await look(view, 'api');
    await pause(halfMilliseconds);
  }
  return looks;
}

/** As a browser does, once more where the server closed an idle connection in the very moment in which it was used again. */
async function get(url: string, cookie: string): Promise<Response> {
  const init = { headers: { cookie }, redirect: 'manual' } as const;
  try {
    return await fetch(url, init);
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (!(cause instanceof Error) || !('code' in cause) || cause.code !== 'UND_ERR_SOCKET') throw error;
    return await fetch(url, init);
  }
}

/** Numbers from 0 to 1, the same for a seed on every run. */
function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
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
