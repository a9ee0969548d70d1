import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../db/client';
import { usualProvider } from '../db/testing/fresh-database';
import { followLog } from './audit-chain';
import { makeWorld, type World } from './testing/world';

/** More than are followed each time. */
const EVENTS = 520;
/** An early one, so that what is intact before it is short. */
const CHANGED = 15;

let world: World;
beforeAll(async () => {
  world = await makeWorld();
  for (let index = 1; index <= EVENTS; index++) await add(`person-${index % 3}`);
});
afterAll(() => world.close());

async function add(name: string): Promise<void> {
  await inTransaction(world.db, (tx) =>
    recordAudit(tx, {
      kind: 'session.started',
      at: world.clock.now(),
      actor: { id: null, name },
      data: { session: 'x' },
    }),
  );
}

const names = async () => [...(await followLog(world.ctx)).people].sort();
const events = async () => (await followLog(world.ctx)).chain;

test('what is added to a long log is followed, and its names are noted', async () => {
  expect(await names()).toEqual(['person-0', 'person-1', 'person-2']);
  await add('somebody');
  expect(await events()).toMatchObject({ isIntact: true, events: EVENTS + 1 });
  expect(await names()).toEqual(['person-0', 'person-1', 'person-2', 'somebody']);
  expect((await followLog(world.ctx)).kinds).toEqual(new Set(['session.started']));
});

test('a long log that was changed is found out within ten minutes, and that it was mended within one', async () => {
  const table = usualProvider === 'postgresql' ? ' ON "AuditEvent"' : '';
  const rename = (seq: number, name: string) =>
    world.db.$executeRawUnsafe(`UPDATE "AuditEvent" SET "actorName" = '${name}' WHERE seq = ${seq}`);
  await world.db.$executeRawUnsafe(`DROP TRIGGER "AuditEvent_no_update"${table}`);
  await rename(CHANGED, 'nobody');
  expect(await events()).toMatchObject({ isIntact: true });
  world.clock.advance(601);
  // No page waits for it: the one that is looked at next says so.
  expect(await events()).toMatchObject({ isIntact: true });
  await vi.waitFor(async () => expect(await events()).toMatchObject({ isIntact: false, badSeq: CHANGED }));
  // Also those behind the break can be looked for.
  expect(await names()).toEqual(['nobody', 'person-0', 'person-1', 'person-2', 'somebody']);
  await rename(CHANGED, 'person-0');
  expect(await events()).toMatchObject({ isIntact: false });
  world.clock.advance(61);
  await vi.waitFor(async () => expect(await events()).toMatchObject({ isIntact: true, events: EVENTS + 1 }));
  expect(await names()).toEqual(['person-0', 'person-1', 'person-2', 'somebody']);
});
