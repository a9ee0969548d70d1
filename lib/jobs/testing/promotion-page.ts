import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { encodeSessionToken, sessionCookieName } from '../../auth/session-token';
import type { PromotionDto } from '../../contracts/promotion';
import { inTransaction } from '../../db/client';
import { insertSession } from '../../db/session';
import { readSessionSecret } from '../../home';
import { findFreePort } from '../../testing/free-port';
import { readPromotion } from './local-worker';
import type { Pipeline, Requested } from './pipeline';
import { ProductProcess } from './product-process';

/** What the page says of a step, for those who hear it. */
const SPOKEN: Readonly<Record<string, string>> = {
  waiting: 'not begun',
  running: 'under way',
  retrying: 'retrying',
  done: 'done',
};

/** `treeline web`, and somebody who is signed in and looks at the page of a promotion. */
export interface WebSite {
  process: ProductProcess;
  /** Page and API say of it what is true: where it stands and each of its steps, once. */
  expectTruth(requested: Requested): Promise<void>;
}

/** A web process on a port of its own, not started yet. */
export async function webSite(pipeline: Pipeline): Promise<WebSite> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const cookie = await signedIn(pipeline);
  const ask = async (path: string): Promise<string> => {
    const answer = await fetch(`${url}${path}`, { headers: { cookie } });
    const text = await answer.text();
    expect(answer.status, `${path}: ${text}`).toBe(200);
    return text;
  };
  return {
    process: new ProductProcess(pipeline, ['web', '--port', String(port)], async () => {
      try {
        return (await fetch(`${url}/api/health`)).ok;
      } catch {
        return false;
      }
    }),
    async expectTruth(requested) {
      const { state, runs } = await readPromotion(pipeline, requested);
      const said: PromotionDto = JSON.parse(await ask(`/api/promotions/${requested.number}`));
      const steps = runs.map((run) => run.steps.map((step) => ({ name: step.name, state: step.state })));
      expect({ state: said.state, steps: said.runs.map((run) => run.steps) }).toMatchObject({ state, steps });
      const ends = said.timeline.filter((entry) => /^run\.(published|failed|stale)$/.test(entry.kind));
      expect(ends.map((entry) => entry.kind)).toEqual(state === 'published' ? ['run.published'] : []);

      // React marks where two texts meet.
      const page = (await ask(`/promotions/${requested.number}`)).replaceAll('<!-- -->', '');
      const spoken = runs[0]?.steps.map((step) => `${step.name}, ${SPOKEN[step.state]}`);
      expect(stepsOf(page, 1)).toEqual(spoken);
      expect(stepsOf(page, 2)).toBeNull();
      expect(page).toContain(`title="${state === 'published' ? state : said.stateText}"`);
    },
  };
}

/** A session of the reviewer, as signing in makes it. @returns the cookie */
async function signedIn({ db, home }: Pipeline): Promise<string> {
  const id = randomUUID();
  const createdAt = new Date();
  const expiresAt = new Date(createdAt.getTime() + 24 * 3_600_000);
  await inTransaction(db, (tx) => insertSession(tx, { id, personId: 'reviewer', createdAt, expiresAt }));
  const token = await encodeSessionToken(id, readSessionSecret(home), 24 * 3600);
  return `${sessionCookieName(false)}=${token}`;
}

/** What the list of an attempt's steps says of each, in order; null where there is no such attempt. */
function stepsOf(html: string, attempt: number): string[] | null {
  const list = new RegExp(`<ol[^>]* aria-label="Steps of attempt ${attempt}">(.*?)</ol>`, 's').exec(
    html,
  )?.[1];
  if (list === undefined) return null;
  const steps = list.matchAll(/>([a-z-]+)<span class="sr-only">(, [a-z ]+)<\/span>/g);
  return Array.from(steps, ([, name, state]) => `${name}${state}`);
}
