import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PersonActor } from '../auth/actor';
import { type AuditRowDto, auditPageSchema, type ListAuditInput } from '../contracts/audit';
import { usualProvider } from '../db/testing/fresh-database';
import { addPerson } from './add-person';
import { exportAudit } from './export-audit';
import { getHealth } from './get-health';
import { getMetrics } from './get-metrics';
import { listAudit } from './list-audit';
import { makeWorld, type World } from './testing/world';
import { verifyAuditChain } from './verify-audit-chain';

let world: World;
beforeAll(async () => {
  world = await makeWorld();
  for (let i = 0; i < 60; i++) {
    await addPerson(world.ctx, world.system, {
      name: `person-${i}`,
      displayName: `Person ${i}`,
      role: 'viewer',
    });
    world.clock.advance(60);
  }
});
afterAll(() => world.close());

test('who may read the log, and who may take it away', async () => {
  for (const role of ['viewer', 'release-manager', 'reviewer', 'auditor', 'admin'] as const) {
    const actor = await world.person(role);
    const [listed, verified, exported] = await Promise.allSettled([
      listAudit(world.ctx, actor, {}),
      verifyAuditChain(world.ctx, actor),
      exportAudit(world.ctx, actor),
    ]);
    expect(listed.status, role).toBe(role === 'viewer' ? 'rejected' : 'fulfilled');
    expect(verified.status, role).toBe(role === 'viewer' ? 'rejected' : 'fulfilled');
    expect(exported.status, role).toBe(role === 'auditor' ? 'fulfilled' : 'rejected');
  }
});

/** One page after the other, until there are no more. */
async function allPages(actor: PersonActor, filter: ListAuditInput): Promise<AuditRowDto[]> {
  const rows: AuditRowDto[] = [];
  let cursor: string | undefined;
  do {
    const page = await listAudit(world.ctx, actor, { ...filter, cursor });
    rows.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return rows;
}

test('the log comes in pages, newest first, and filtered', async () => {
  const auditor = await world.person('auditor');
  const page = auditPageSchema.parse(await listAudit(world.ctx, auditor, {}));
  expect(page.items).toHaveLength(50);
  expect(page.chain).toMatchObject({ isIntact: true });
  const all = await allPages(auditor, {});
  expect(all.map(({ seq }) => seq)).toEqual(Array.from(all, (_, index) => all.length - index));
  expect(all.at(-1)).toMatchObject({ seq: 1, text: 'added person-0 as viewer', actor: 'command line' });
  const day = '2026-11-23T12:0';
  const window = await listAudit(world.ctx, auditor, { since: `${day}1:00.000Z`, until: `${day}3:00.000Z` });
  expect(window.items.map((row) => row.text)).toEqual([
    'added person-2 as viewer',
    'added person-1 as viewer',
  ]);
  expect((await listAudit(world.ctx, auditor, { kind: 'audit.exported' })).items.length).toBeGreaterThan(0);
  expect((await listAudit(world.ctx, auditor, { person: 'nobody' })).items).toEqual([]);
  const search = async (filter: ListAuditInput) =>
    (await listAudit(world.ctx, auditor, filter)).items.map((row) => row.text);
  expect(await search({ text: ' Added PERSON-59 as ' })).toEqual(['added person-59 as viewer']);
  expect(await search({ text: 'person-5', kind: 'person.added' })).toHaveLength(11);
  expect(await search({ text: 'no such words' })).toEqual([]);
  expect(await search({ ref: 'os/main' })).toEqual([]);
  const found = await listAudit(world.ctx, auditor, { text: 'person.added' });
  expect(found.items).toHaveLength(50);
  const allFound = await allPages(auditor, { text: 'person.added' });
  expect(allFound.length).toBeGreaterThan(50);
  expect(new Set(allFound.map(({ seq }) => seq)).size).toBe(allFound.length);
  expect(allFound.at(-1)?.text).toBe('added person-0 as viewer');
  for (const filter of [
    { since: 'yesterday' },
    { text: 'x'.repeat(201) },
    { cursor: '0' },
    { cursor: '1 OR 1' },
    { promotion: -1 },
    { extra: 'x' },
  ]) {
    await expect(listAudit(world.ctx, auditor, filter as never)).rejects.toMatchObject({
      code: 'input-invalid',
    });
  }
});

test('an export can be checked by a program that knows nothing of Treeline', async () => {
  const auditor = await world.person('auditor');
  const text = await exportAudit(world.ctx, auditor);
  expect(text.endsWith('\n')).toBe(true);
  const lines = text.trimEnd().split('\n');
  let previous = '0'.repeat(64);
  for (const [index, line] of lines.entries()) {
    const { hash, ...covered } = JSON.parse(line);
    expect(covered).toMatchObject({ seq: index + 1, previousHash: previous });
    const sorted = Object.fromEntries(Object.entries(covered).sort(([a], [b]) => (a < b ? -1 : 1)));
    expect(createHash('sha256').update(JSON.stringify(sorted)).digest('hex')).toBe(hash);
    previous = hash;
  }
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ kind: 'audit.exported', actorName: 'auditor' });
});

test('as CSV it opens in a spreadsheet, and no cell of it is a formula', async () => {
  const auditor = await world.person('auditor');
  await addPerson(world.ctx, world.system, { name: 'sheet', displayName: '=HYPERLINK("x")', role: 'viewer' });
  const text = await exportAudit(world.ctx, auditor, { format: 'csv' });
  const [head, ...lines] = text.trimEnd().split('\r\n');
  expect(head).toBe('seq,at,actor,what,kind,stage,ref,promotion,data,previousHash,hash');
  expect(lines[0]).toMatch(
    /^1,2026-11-23T12:00:00\.000Z,command line,added person-0 as viewer,person\.added,,,,"\{""/,
  );
  expect(lines.at(-1)).toContain(',audit.exported,');
  expect(lines.every((line) => /,[0-9a-f]{64},[0-9a-f]{64}$/.test(line))).toBe(true);
  expect(text).not.toMatch(/(^|,|\n)"?[=+@-]/);
  await expect(exportAudit(world.ctx, auditor, { format: 'xls' as never })).rejects.toMatchObject({
    code: 'input-invalid',
  });
});

test('a row that was changed behind Treeline’s back is found and named', async () => {
  const auditor = await world.person('auditor');
  const table = usualProvider === 'postgresql' ? ' ON "AuditEvent"' : '';
  await world.db.$executeRawUnsafe(`DROP TRIGGER "AuditEvent_no_update"${table}`);
  await world.db.$executeRawUnsafe(`UPDATE "AuditEvent" SET "actorName" = 'nobody' WHERE seq = 31`);
  expect(await verifyAuditChain(world.ctx, auditor)).toMatchObject({ isIntact: false, badSeq: 31 });
  await world.db.$executeRawUnsafe(`UPDATE "AuditEvent" SET "actorName" = 'command line' WHERE seq = 31`);
  expect(await verifyAuditChain(world.ctx, auditor)).toMatchObject({ isIntact: true });
});

test('health says nothing but that it is; metrics are for who may read', async () => {
  expect(await getHealth(world.ctx)).toEqual({ status: 'ok' });
  const metrics = await getMetrics(world.ctx, await world.person('viewer'));
  expect(metrics).toMatch(/^treeline_promotions\{state="requested"\} 0$/m);
  expect(metrics).toMatch(/^treeline_audit_events \d+$/m);
  const newcomer = { ...(await world.person('viewer')), mustChangePassword: true };
  await expect(getMetrics(world.ctx, newcomer)).rejects.toMatchObject({ code: 'password-change-required' });
});
