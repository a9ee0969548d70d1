import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AuditEventRow, readAuditEvents } from '../db/audit-event';
import { type FreshDatabase, makeFreshDatabase } from '../db/testing/fresh-database';
import { GENESIS_HASH, hashEvent } from './hash-event';
import { verifyChain } from './verify-chain';

const COUNT = 100_000;
/** Rows of one statement. */
const CHUNK = 500;

let fresh: FreshDatabase;
const rows: AuditEventRow[] = [];
beforeAll(async () => {
  fresh = await makeFreshDatabase('sqlite');
  let previousHash = GENESIS_HASH;
  for (let seq = 1; seq <= COUNT; seq++) {
    const event = {
      seq,
      kind: 'run.queued',
      at: new Date(Date.UTC(2026, 0, 1) + seq * 1000),
      actorId: null,
      actorName: 'worker',
      stageName: 'production',
      ref: null,
      promotionNumber: seq,
      dataJson: '{"attempt":1}',
      previousHash,
    };
    previousHash = hashEvent(event);
    rows.push({ ...event, hash: previousHash });
  }
  await insert(rows);
  // What whoever may write the file can do, and nobody else.
  for (const what of ['update', 'delete']) await sql(`DROP TRIGGER "AuditEvent_no_${what}"`);
});
afterAll(() => fresh.close());

async function insert(events: readonly AuditEventRow[]): Promise<void> {
  for (let at = 0; at < events.length; at += CHUNK) {
    await fresh.db.auditEvent.createMany({ data: events.slice(at, at + CHUNK) });
  }
}

async function sql(statement: string): Promise<void> {
  await fresh.db.$executeRawUnsafe(statement);
}

const verify = () => verifyChain(readAuditEvents(fresh.db), undefined, rows.at(-1)?.hash);
const rowOf = (seq: number) => rows[seq - 1] as AuditEventRow;

test('one change among 100,000 events is found and named', async () => {
  expect(await verify()).toMatchObject({ isIntact: true, events: COUNT, hasNotedHead: true });

  await sql(`UPDATE "AuditEvent" SET "actorName" = 'nobody' WHERE seq = 50000`);
  expect(await verify(), 'an edit').toMatchObject({ isIntact: false, badSeq: 50_000 });
  await sql(`UPDATE "AuditEvent" SET "actorName" = 'worker' WHERE seq = 50000`);

  const swap = async (one: number, other: number) => {
    await sql(`UPDATE "AuditEvent" SET seq = 0 WHERE seq = ${one}`);
    await sql(`UPDATE "AuditEvent" SET seq = ${one} WHERE seq = ${other}`);
    await sql(`UPDATE "AuditEvent" SET seq = ${other} WHERE seq = 0`);
  };
  await swap(77_776, 77_777);
  expect(await verify(), 'a swap').toMatchObject({ isIntact: false, badSeq: 77_776 });
  await swap(77_776, 77_777);

  await sql(`DELETE FROM "AuditEvent" WHERE seq = 31000`);
  expect(await verify(), 'a deletion').toMatchObject({ isIntact: false, badSeq: 31_000 });
  await insert([rowOf(31_000)]);

  const forged = { ...rowOf(COUNT), seq: COUNT + 1, previousHash: rowOf(COUNT).hash, kind: 'run.published' };
  await insert([{ ...forged, hash: 'f'.repeat(64) }]);
  expect(await verify(), 'an insertion').toMatchObject({ isIntact: false, badSeq: COUNT + 1 });
  await sql(`DELETE FROM "AuditEvent" WHERE seq = ${COUNT + 1}`);

  await sql(`DELETE FROM "AuditEvent" WHERE seq > ${COUNT - 10}`);
  expect(await verify(), 'a cut-off end').toMatchObject({
    isIntact: true,
    events: COUNT - 10,
    hasNotedHead: false,
  });
});
