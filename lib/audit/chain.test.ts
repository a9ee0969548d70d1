import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AuditEventRow, readAuditEvents } from '../db/audit-event';
import { inTransaction } from '../db/client';
import { type FreshDatabase, makeFreshDatabase } from '../db/testing/fresh-database';
import { type AuditKind, describeEvent, eventKinds } from './event-kinds';
import { hashEvent } from './hash-event';
import { recordAudit } from './record-audit';
import { verifyChain } from './verify-chain';

let fresh: FreshDatabase;
let rows: AuditEventRow[];
beforeAll(async () => {
  fresh = await makeFreshDatabase();
  for (let number = 1; number <= 12; number++) {
    await inTransaction(fresh.db, (tx) =>
      recordAudit(tx, {
        kind: number % 2 ? 'promotion.withdrawn' : 'run.queued',
        at: new Date(`2026-01-${String(number).padStart(2, '0')}T00:00:00Z`),
        actor: { id: null, name: 'somebody' },
        stage: 'production',
        promotion: number,
        data: number % 2 ? {} : { attempt: number },
      } as never),
    );
  }
  rows = await allEvents();
});
afterAll(() => fresh.close());

/** Every event, read in small pages. */
async function allEvents(): Promise<AuditEventRow[]> {
  const events: AuditEventRow[] = [];
  for await (const page of readAuditEvents(fresh.db, 0, 5)) events.push(...page);
  return events;
}

async function verify(events: readonly AuditEventRow[], notedHead: string | null = null) {
  const pages = (async function* () {
    yield events.slice(0, 5);
    yield events.slice(5);
  })();
  return verifyChain(pages, undefined, notedHead);
}

test('what was recorded verifies, and its head is the last hash', async () => {
  expect(await verify(rows)).toEqual({
    isIntact: true,
    events: 12,
    badSeq: null,
    headHash: rows.at(-1)?.hash,
    hasNotedHead: null,
  });
  expect(await verify([])).toEqual({
    isIntact: true,
    events: 0,
    badSeq: null,
    headHash: null,
    hasNotedHead: null,
  });
});

test('an edit of any field of any event is found, and the event is named', async () => {
  const edits: Partial<AuditEventRow>[] = [
    { kind: 'promotion.approved' },
    { at: new Date('2025-01-01T00:00:00Z') },
    { actorId: 'somebody-else' },
    { actorName: 'somebody else' },
    { stageName: 'dev' },
    { stageName: null },
    { ref: 'os/other' },
    { promotionNumber: 99 },
    { dataJson: '{"attempt":99}' },
    { hash: 'f'.repeat(64) },
    { previousHash: 'e'.repeat(64) },
  ];
  for (const [index, row] of rows.entries()) {
    for (const edit of edits) {
      const edited = rows.with(index, { ...row, ...edit });
      expect(await verify(edited), JSON.stringify(edit)).toMatchObject({ isIntact: false, badSeq: row.seq });
    }
  }
});

test('an edit that also makes the hash anew is found at the next event', async () => {
  const edited = { ...(rows[3] as AuditEventRow), actorName: 'mallory' };
  const forged = rows.with(3, { ...edited, hash: hashEvent(edited) });
  expect(await verify(forged)).toMatchObject({ isIntact: false, badSeq: 5 });
});

test('an event that was deleted, inserted or swapped is found', async () => {
  for (let index = 0; index < rows.length - 1; index++) {
    const seq = index + 1;
    expect(await verify(rows.toSpliced(index, 1)), `deleted ${seq}`).toMatchObject({
      isIntact: false,
      badSeq: seq,
    });
    const swapped = rows
      .with(index, rows[index + 1] as AuditEventRow)
      .with(index + 1, rows[index] as AuditEventRow);
    expect(await verify(swapped), `swapped ${seq}`).toMatchObject({ isIntact: false, badSeq: seq });
    const extra = { ...(rows[index] as AuditEventRow), dataJson: '{"attempt":7}' };
    expect(await verify(rows.toSpliced(index + 1, 0, extra)), `inserted after ${seq}`).toMatchObject({
      isIntact: false,
    });
  }
  // What was cut off the end leaves a chain that holds: the head noted elsewhere tells.
  expect(await verify(rows.slice(0, -1))).toMatchObject({
    isIntact: true,
    events: 11,
    headHash: rows[10]?.hash,
  });
  const [eleventh, last] = [rows[10]?.hash ?? '', rows[11]?.hash ?? ''];
  expect(await verify(rows.slice(0, -1), last)).toMatchObject({ isIntact: true, hasNotedHead: false });
  expect(await verify(rows, last)).toMatchObject({ hasNotedHead: true });
  expect(await verify(rows, eleventh)).toMatchObject({ hasNotedHead: true });
});

test('a chain can be followed on from where it was found intact', async () => {
  const start = { events: 7, hash: rows[6]?.hash ?? '' };
  const rest = (events: readonly AuditEventRow[]) =>
    verifyChain(
      (async function* pages() {
        yield events;
      })(),
      start,
    );
  expect(await rest(rows.slice(7))).toMatchObject({ isIntact: true, events: 12, headHash: rows[11]?.hash });
  expect(await rest([])).toMatchObject({ isIntact: true, events: 7, headHash: start.hash });
  expect(await rest(rows.slice(8))).toMatchObject({ isIntact: false, badSeq: 8 });
  expect(await rest(rows.slice(6))).toMatchObject({ isIntact: false });
});

test('an event that is not what its kind holds is refused, and nothing is stored', async () => {
  const before = (await allEvents()).length;
  const input = { kind: 'run.queued', at: new Date(), actor: { id: null, name: 'x' } } as const;
  for (const data of [{}, { attempt: 0 }, { attempt: 1, extra: true }, { attempt: '1' }]) {
    await expect(
      inTransaction(fresh.db, (tx) => recordAudit(tx, { ...input, data: data as never })),
    ).rejects.toThrow();
  }
  expect(await allEvents()).toHaveLength(before);
});

test('an event is stored with its change or not at all', async () => {
  const before = (await allEvents()).length;
  const failing = inTransaction(fresh.db, async (tx) => {
    await recordAudit(tx, {
      kind: 'run.queued',
      at: new Date(),
      actor: { id: null, name: 'x' },
      data: { attempt: 1 },
    });
    throw new Error('the change failed');
  });
  await expect(failing).rejects.toThrow('the change failed');
  expect(await allEvents()).toHaveLength(before);
});

test('a name with a newline and escape codes stays one event with one meaning', async () => {
  const name = 'x\n{"kind":"promotion.approved"}\u001b[2J';
  await inTransaction(fresh.db, (tx) =>
    recordAudit(tx, {
      kind: 'person.password-reset',
      at: new Date(),
      actor: { id: null, name },
      data: { name },
    }),
  );
  const all = await allEvents();
  expect(await verify(all)).toMatchObject({ isIntact: true });
  expect(all.at(-1)?.dataJson.includes('\n')).toBe(false);
});

test('every kind has a sentence, and one that this version does not know is named', () => {
  for (const kind of Object.keys(eventKinds)) {
    expect(kind).toMatch(/^[a-z]+\.[a-z-]+$/);
    const { data, sentence } = eventKinds[kind as AuditKind];
    expect(typeof sentence).toBe('function');
    expect(data.safeParse({ 'no such field': 1 }).success).toBe(false);
  }
  const about = { stage: null, ref: null, promotion: 7 };
  expect(describeEvent('run.queued', '{"attempt":2}', about)).toBe('queued run 2 of #7');
  expect(describeEvent('run.queued', '{"nonsense":2}', about)).toBe('run.queued');
  expect(describeEvent('of.tomorrow', '{}', about)).toBe('of.tomorrow');
  expect(describeEvent('constructor', '{}', about)).toBe('constructor');
});

test('two events that differ in anything have different hashes', () => {
  const event = fc.record({
    seq: fc.nat(),
    kind: fc.string(),
    at: fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }),
    actorId: fc.option(fc.string()),
    actorName: fc.string(),
    stageName: fc.option(fc.string()),
    ref: fc.option(fc.string()),
    promotionNumber: fc.option(fc.nat()),
    dataJson: fc.string(),
    previousHash: fc.string(),
  });
  fc.assert(
    fc.property(event, event, (a, b) => {
      const isSame = JSON.stringify(a) === JSON.stringify(b);
      expect(hashEvent(a) === hashEvent(b)).toBe(isSame);
    }),
  );
});
