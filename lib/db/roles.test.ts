import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findPackageRoot } from '../package-root';
import { type Database, inTransaction, openDatabase } from './client';
import { findUnreviewedPlans } from './emergency-review';
import { readEligibility } from './group';
import { applyMigrations } from './migrate';
import { findNeededCommits } from './needed-commits';
import { findPromotionsIn } from './promotion';
import { findDueRetirements, noteRetirementProblem } from './retirement';
import { type FreshDatabase, makeFreshDatabase } from './testing/fresh-database';

const password = 'each-has-its-own';
let fresh: FreshDatabase;
const opened: Database[] = [];
beforeAll(async () => {
  fresh = await makeFreshDatabase('postgresql');
  for (const role of ['web', 'worker', 'signer']) {
    await fresh.db.$executeRawUnsafe(`CREATE ROLE treeline_${role} LOGIN PASSWORD '${password}'`);
  }
  for (const statement of readFileSync(join(findPackageRoot(), 'docs/postgresql-roles.sql'), 'utf8')
    .replace(/^--.*$/gm, '')
    .split(';')
    .filter((text) => text.trim() !== '')) {
    await fresh.db.$executeRawUnsafe(statement);
  }
});
afterAll(async () => {
  for (const db of opened) await db.$disconnect();
  for (const role of ['web', 'worker', 'signer']) {
    await fresh.db.$executeRawUnsafe(`DROP OWNED BY treeline_${role}`);
    await fresh.db.$executeRawUnsafe(`DROP ROLE treeline_${role}`);
  }
  await fresh.close();
});

function urlOf(role: string): string {
  const url = new URL(fresh.url);
  url.username = `treeline_${role}`;
  url.password = password;
  return url.href;
}

function openAs(role: string): Database {
  const db = openDatabase({ url: urlOf(role) });
  opened.push(db);
  return db;
}

const denied =
  /^the database 127\.0\.0\.1:\d+\/\w+ refuses: permission denied for table (\w+); docs\/postgresql\.md/;
const event = (seq: number) => ({
  seq,
  kind: 'k',
  at: new Date(),
  actorName: 'a',
  dataJson: '{}',
  previousHash: '',
  hash: `${seq}`,
});

test('the web process adds to the audit log and can change nothing of it', async () => {
  const db = openAs('web');
  await inTransaction(db, (tx) => tx.auditEvent.create({ data: event(1) }));
  await expect(db.auditEvent.updateMany({ data: { kind: 'other' } })).rejects.toThrow(denied);
  await expect(db.auditEvent.deleteMany()).rejects.toThrow(denied);
  await expect(db.approval.updateMany({ data: { decision: 'approve' } })).rejects.toThrow(denied);
  await expect(db.approvalVoid.deleteMany()).rejects.toThrow(denied);
  await expect(db.emergencyReview.deleteMany()).rejects.toThrow(denied);
  await expect(db.emergencyReview.updateMany({ data: { verdict: 'accepted' } })).rejects.toThrow(denied);
  await expect(db.$executeRawUnsafe('DROP TRIGGER "AuditEvent_no_update" ON "AuditEvent"')).rejects.toThrow();
});

const approval = {
  id: 'forged',
  promotionId: 'p',
  reviewerId: 'r',
  decision: 'approve',
  planChecksum: 'c',
  comment: '',
  createdAt: new Date(),
};

test('the worker decides nothing and sees no password', async () => {
  const db = openAs('worker');
  await inTransaction(db, (tx) => tx.auditEvent.create({ data: event(2) }));
  await db.run.updateMany({ where: { state: 'running' }, data: { leaseOwner: 'me' } });
  expect((await readEligibility(db, 's')).groups).toEqual(new Map());
  // What it looks at to ask for what edges promote by themselves.
  expect(await findPromotionsIn(db, ['requested'])).toEqual([]);
  expect(await findUnreviewedPlans(db)).toEqual([]);
  expect(await findDueRetirements(db, new Date())).toEqual([]);
  expect((await findNeededCommits(db, 'stage', new Set(), new Date())).size).toBe(0);
  await noteRetirementProblem(db, 'none', { errorMessage: null, retryAt: new Date() });
  for (const refused of [
    () => db.approval.create({ data: approval }),
    () => db.emergencyReview.deleteMany(),
    () => db.person.findMany(),
    () => db.session.findMany(),
    () => db.apiToken.findMany(),
    () => db.approval.deleteMany(),
    () => db.edge.updateMany({ data: { approvalRules: '[]' } }),
    () => db.stageKey.deleteMany(),
    () => db.auditEvent.deleteMany(),
    () => db.retirement.deleteMany(),
    () => db.stage.updateMany({ data: { retireGraceHours: 1 } }),
  ]) {
    await expect(refused()).rejects.toThrow(denied);
  }
});

test('the signer reads what proves a run, and writes nothing', async () => {
  const db = openAs('signer');
  await db.run.findMany({
    include: {
      promotion: {
        include: {
          approvals: { include: { voided: true } },
          edge: { include: { to: { include: { keys: true } } } },
        },
      },
    },
  });
  await db.ledgerRef.findMany();
  expect((await readEligibility(db, 's')).reviewers).toEqual(new Set());
  for (const refused of [
    () => db.run.updateMany({ data: { state: 'running' } }),
    () => db.person.findMany(),
    () => db.auditEvent.create({ data: event(3) }),
  ]) {
    await expect(refused()).rejects.toThrow(denied);
  }
});

test('a process that may not migrate starts all the same where there is nothing to do', async () => {
  for (const role of ['web', 'worker']) expect(await applyMigrations(urlOf(role))).toEqual([]);
});
