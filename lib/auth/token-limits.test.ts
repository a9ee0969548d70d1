import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../db/client';
import { makePlace, providers } from '../db/testing/fresh-database';
import { REQUESTS_PER_WINDOW, TokenLimits } from './token-limits';

const noon = new Date('2026-11-23T12:00:00Z');
const later = (seconds: number) => new Date(noon.getTime() + seconds * 1000);

/** The database, which says so when it is asked for a use. */
function countingWrites(db: Database, onWrite: () => void): Database {
  return new Proxy(db, {
    get(target, name) {
      if (name === '$queryRaw') onWrite();
      return Reflect.get(target, name);
    },
  });
}

describe.each(providers)('%s', (provider) => {
  let close: () => Promise<void>;
  /** Each as a web process of its own has it. */
  let processes: { db: Database; limits: TokenLimits }[];
  let made = 0;
  let writes = 0;

  beforeAll(async () => {
    const place = await makePlace(provider, { isMigrated: true });
    processes = [1, 2, 3].map(() => ({
      db: countingWrites(openDatabase({ url: place.url }), () => {
        writes += 1;
      }),
      limits: new TokenLimits(),
    }));
    close = async () => {
      for (const { db } of processes) await db.$disconnect();
      await place.close();
    };
  });
  afterAll(() => close());

  async function makeToken(): Promise<string> {
    made += 1;
    const id = `token-${made}`;
    const db = processes[0]?.db as Database;
    const rest = { displayName: 'x', role: 'service', passwordHash: '', createdAt: noon };
    await db.person.create({ data: { id: `of ${id}`, name: id, ...rest } });
    const ends = { createdAt: noon, expiresAt: later(3600), scopes: '["read"]', hint: 'tl_' };
    await db.apiToken.create({
      data: { id, name: id, accountId: `of ${id}`, holderId: `of ${id}`, secretHash: id, ...ends },
    });
    return id;
  }
  /** Asks the process, so many times at once. @returns how many were let through */
  async function ask(index: number, id: string, times: number, at = noon): Promise<number> {
    const { db, limits } = processes[index] as (typeof processes)[number];
    const counts = Array.from({ length: times }, () => limits.count(db, id, at));
    const settled = await Promise.allSettled(counts);
    for (const each of settled) {
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'too-many-attempts' });
    }
    return settled.filter(({ status }) => status === 'fulfilled').length;
  }

  test('a program that runs wild is stopped until the next minute, and nobody else is', async () => {
    const [wild, calm] = [await makeToken(), await makeToken()];
    writes = 0;
    expect(await ask(0, wild, REQUESTS_PER_WINDOW + 50)).toBe(REQUESTS_PER_WINDOW);
    // Most requests write nothing, and those that are refused never do.
    expect(writes).toBeLessThan(REQUESTS_PER_WINDOW / 3);
    writes = 0;
    expect(await ask(0, wild, 50, later(59))).toBe(0);
    expect(writes).toBe(0);
    expect(await ask(0, calm, 10, later(59))).toBe(10);
    expect(await ask(0, wild, 10, later(60))).toBe(10);
  });

  test('several web processes share one limit, to the last request', async () => {
    const id = await makeToken();
    const rounds: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const let1 = await Promise.all(processes.map((_, index) => ask(index, id, 40)));
      rounds.push(...let1);
    }
    expect(rounds.reduce((sum, each) => sum + each, 0)).toBe(REQUESTS_PER_WINDOW);
  });

  test('what one process holds while another is refused is little', async () => {
    const id = await makeToken();
    expect(await ask(0, id, 1)).toBe(1);
    const others = await ask(1, id, REQUESTS_PER_WINDOW);
    expect(others).toBeGreaterThanOrEqual(REQUESTS_PER_WINDOW - 15);
    expect(others + 1 + (await ask(0, id, 50))).toBe(REQUESTS_PER_WINDOW);
  });

  test('a process whose clock is behind gives nobody another window', async () => {
    const id = await makeToken();
    expect(await ask(0, id, 400, later(60))).toBe(REQUESTS_PER_WINDOW);
    expect(await ask(1, id, 50, later(59))).toBe(0);
    expect(await ask(0, id, 1, later(61))).toBe(0);
    expect(await ask(2, id, 1, later(119))).toBe(0);
    expect(await ask(2, id, 1, later(120))).toBe(1);
  });
});
