import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordAudit } from '../audit/record-audit';
import { findPackageRoot } from '../package-root';
import { type Database, inTransaction, openDatabase, type Transaction } from './client';
import { PARTS, type Part, partOf, tablesOfPart, toPart, toUnkept } from './kept-parts';
import { readAtHead } from './read-at-head';
import { type FreshDatabase, makeFreshDatabase, providers } from './testing/fresh-database';

const actor = { id: null, name: 'test' };
const person = (id: string) => ({
  id,
  name: id,
  displayName: id,
  role: 'viewer',
  passwordHash: '-',
  createdAt: new Date(),
});
const names = async (db: Database) => {
  const rows = await (await readAtHead(db)).person.findMany({
    where: { role: 'viewer' },
    orderBy: { id: 'asc' },
  });
  return rows.map(({ displayName }) => displayName);
};

/** A change with its event, as every service makes it. */
function change(db: Database, work: (tx: Transaction) => Promise<unknown>): Promise<void> {
  return inTransaction(db, async (tx) => {
    await work(tx);
    const data = { name: 'somebody', role: 'viewer' as const };
    await recordAudit(tx, { kind: 'person.added', at: new Date(), actor, data });
  });
}

describe.each(providers)('%s', (provider) => {
  let fresh: FreshDatabase;
  /** Another process, as far as anything is kept. */
  let other: Database;
  beforeAll(async () => {
    fresh = await makeFreshDatabase(provider);
    other = openDatabase({ url: fresh.url });
  });
  afterAll(async () => {
    await other.$disconnect();
    await fresh.close();
  });

  test('a row is read once, and anew as soon as anybody has changed it', async () => {
    await change(fresh.db, (tx) => tx.person.create({ data: person('a') }));
    const [first, again] = [await readAtHead(fresh.db), await readAtHead(fresh.db)];
    const one = await first.person.findMany({});
    expect(await again.person.findMany({})).toBe(one);

    await change(other, (tx) => tx.person.update({ where: { id: 'a' }, data: { displayName: 'A' } }));
    expect(await names(fresh.db)).toEqual(['A']);
    await change(other, (tx) => tx.person.create({ data: person('b') }));
    expect(await names(fresh.db)).toEqual(['A', 'b']);
    expect(await (await readAtHead(fresh.db)).person.count({ where: { role: 'viewer' } })).toBe(2);
  });

  test('what an event does not tell of is kept through it', async () => {
    const readers = async () => {
      const db = await readAtHead(fresh.db);
      const [people, promotions] = [await db.person.findMany({}), await db.promotion.findMany({})];
      return { people, promotions, events: await db.auditEvent.count({}) };
    };
    const before = await readers();
    await inTransaction(other, async (tx) => {
      await recordAudit(tx, { kind: 'session.started', at: new Date(), actor, data: { session: 's' } });
    });
    const signedIn = await readers();
    expect(signedIn.people).toBe(before.people);
    expect(signedIn.promotions).toBe(before.promotions);
    expect(signedIn.events).toBe(before.events + 1);
    await inTransaction(other, async (tx) => {
      await recordAudit(tx, { kind: 'promotion.withdrawn', at: new Date(), actor, promotion: 1, data: {} });
    });
    const withdrawn = await readers();
    expect(withdrawn.people).toBe(before.people);
    expect(withdrawn.promotions).not.toBe(before.promotions);
    // More of them at once than anybody looks back to.
    await inTransaction(other, async (tx) => {
      for (let count = 0; count < 60; count++) {
        await recordAudit(tx, { kind: 'session.started', at: new Date(), actor, data: { session: 's' } });
      }
    });
    expect((await readers()).people).not.toBe(before.people);
  });

  test('a reader from before an event and one from after it do not mix', async () => {
    const early = await readAtHead(fresh.db);
    const before = await names(fresh.db);
    await change(other, (tx) => tx.person.create({ data: person('late') }));
    expect(await names(fresh.db)).toEqual([...before, 'late']);
    // It sees what is there by now, and leaves what the newer ones have.
    expect(await early.person.count({ where: { id: 'late' } })).toBe(1);
    const late = await readAtHead(fresh.db);
    expect(await late.person.findMany({})).toBe(await (await readAtHead(fresh.db)).person.findMany({}));
  });

  test('a change that is undone leaves nothing behind', async () => {
    const before = await names(fresh.db);
    const undone = change(fresh.db, async (tx) => {
      await tx.person.create({ data: person('undone') });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await names(fresh.db)).toEqual(before);
  });

  test('what is written outside of a transaction, with no event, makes this process forget', async () => {
    await names(fresh.db);
    await fresh.db.person.create({ data: person('c') });
    expect(await names(fresh.db)).toContain('c');
  });

  test('a step of a run shows at once, though no event tells of it', async () => {
    await fresh.db.stage.createMany({
      data: ['from', 'to'].map((name) => ({
        id: name,
        name,
        position: 0,
        repoPath: `/${name}`,
        repoDev: '1',
        repoIno: name,
        createdAt: new Date(),
      })),
    });
    const edge = { id: 'e', fromStageId: 'from', toStageId: 'to', refGlobs: '[]', createdAt: new Date() };
    await fresh.db.edge.create({ data: edge });
    await change(fresh.db, async (tx) => {
      await tx.promotion.create({
        data: {
          id: 'p',
          number: 1,
          edgeId: 'e',
          requesterId: 'a',
          state: 'running',
          reason: '',
          planJson: '{}',
          planChecksum: '-',
          factsJson: '{}',
          createdAt: new Date(),
        },
      });
      const step = { id: 's', position: 0, name: 'pull', state: 'running' };
      const run = { id: 'r', promotionId: 'p', attempt: 1, state: 'running', createdAt: new Date() };
      await tx.run.create({ data: { ...run, steps: { create: [step] } } });
    });
    const read = async () =>
      (await readAtHead(fresh.db)).promotion.findMany({ include: { runs: { include: { steps: true } } } });
    const before = await read();
    expect(await read()).toBe(before);

    const progressJson = '{"lines":["half of it"]}';
    await other.runStep.update({ where: { id: 's' }, data: { progressJson } });
    expect((await read())[0]?.runs[0]?.steps[0]).toMatchObject({ progressJson });
    await other.run.update({ where: { id: 'r' }, data: { leaseOwner: 'worker' } });
    expect((await read())[0]?.runs[0]).toMatchObject({ leaseOwner: 'worker' });
    // What doesn't ask for runs is kept through all of it.
    const plain = await (await readAtHead(fresh.db)).promotion.findMany({});
    await other.runStep.update({ where: { id: 's' }, data: { state: 'done' } });
    expect(await (await readAtHead(fresh.db)).promotion.findMany({})).toBe(plain);
  });

  test('nothing is kept of tables that change by themselves, in whatever way they are asked for', async () => {
    const session = { id: 's', personId: 'a', createdAt: new Date(), lastSeenAt: new Date() };
    await fresh.db.session.create({ data: { ...session, expiresAt: new Date() } });
    const read = async () => {
      const db = await readAtHead(fresh.db);
      const through = await db.person.findUnique({ where: { id: 'a' }, include: { sessions: true } });
      return [await db.session.count({ where: { endedAt: null } }), through?.sessions[0]?.endedAt ?? null];
    };
    expect(await read()).toEqual([1, null]);
    const endedAt = new Date();
    await other.session.update({ where: { id: 's' }, data: { endedAt } });
    expect(await read()).toEqual([0, endedAt]);
  });
});

test('every field that leads from a kept table to another is known, by where it leads', () => {
  const schema = readFileSync(join(findPackageRoot(), 'prisma/schema.prisma'), 'utf8');
  const models = new Map(
    [...schema.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)].map(([, name = '', body = '']) => [name, body]),
  );
  const nameOf = (model: string) => model.charAt(0).toLowerCase() + model.slice(1);
  const kept = PARTS.flatMap((part) => tablesOfPart[part]);
  expect([...models.keys()].map(nameOf)).toEqual(expect.arrayContaining(kept));
  const found = new Map<Part | 'unkept', Set<string>>();
  for (const [model, body] of models) {
    if (!kept.includes(nameOf(model))) continue;
    for (const [, field = '', type = ''] of body.matchAll(/^ +(\w+) +(\w+)/gm)) {
      if (!models.has(type)) continue;
      const part = partOf(nameOf(type)) ?? 'unkept';
      found.set(part, (found.get(part) ?? new Set()).add(field));
    }
  }
  const sorted = (fields: Iterable<string> = []) => [...fields].sort();
  expect(sorted(found.get('unkept'))).toEqual(sorted(toUnkept));
  for (const part of PARTS) expect(sorted(found.get(part)), part).toEqual(sorted(toPart[part]));
});
