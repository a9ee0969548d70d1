import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PersonActor, ServiceActor } from '../auth/actor';
import { actorOfToken } from '../auth/token-actor';
import type { TokenScope } from '../contracts/token';
import { addGroup } from './add-group';
import { addPerson } from './add-person';
import { addServiceAccount } from './add-service-account';
import { addToken } from './add-token';
import { createPlan } from './create-plan';
import { createPromotion } from './create-promotion';
import { decidePromotion } from './decide-promotion';
import { getPromotion } from './get-promotion';
import { listPeople } from './list-people';
import { listServiceAccounts } from './list-service-accounts';
import { reportCheck } from './report-check';
import { retryPromotion } from './retry-promotion';
import { revokeToken } from './revoke-token';
import { startSession } from './start-session';
import { makePromotionBench, type PromotionBench, refs } from './testing/promotions';
import type { World } from './testing/world';
import { updatePerson } from './update-person';
import { updateServiceAccount } from './update-service-account';
import { withdrawPromotion } from './withdraw-promotion';

let bench: PromotionBench;
let world: World;
let admin: PersonActor;
beforeAll(async () => {
  bench = await makePromotionBench();
  ({ world } = bench);
  admin = await world.person('admin');
});
afterAll(() => bench.world.close());
beforeEach(() => bench.clear());

let count = 0;
interface Made {
  account: string;
  name: string;
  tokenId: string;
  secret: string;
}

/** A program of its own with one token. */
async function program(
  scopes: TokenScope[],
  holder = 'release-manager',
  days = 1,
  stages?: string[],
): Promise<Made> {
  count += 1;
  const name = `program-${count}`;
  const { id } = await addServiceAccount(world.ctx, admin, { name, displayName: name });
  const wanted = { account: id, name: 'nightly', scopes, expiresInDays: days, holder };
  const { account, secret } = await addToken(
    world.ctx,
    admin,
    stages === undefined ? wanted : { ...wanted, stages },
  );
  return { account: id, name, tokenId: account.tokens[0]?.id ?? '', secret };
}

const actorOf = (secret: string) => actorOfToken(world.db, secret, world.clock.now());
async function actorIn(secret: string): Promise<ServiceActor> {
  const actor = await actorOf(secret);
  if (!actor) throw new Error('the token does not work');
  return actor;
}
async function ask(actor: ServiceActor) {
  const input = { edge: bench.pipeline.edge.id, refs };
  const { planChecksum } = await createPlan(world.ctx, actor, input);
  return createPromotion(world.ctx, actor, { ...input, planChecksum, reason: 'the nightly build' });
}

test('a token is shown once; what is kept is its SHA-256 and its first characters', async () => {
  const { secret, tokenId } = await program(['read']);
  expect(secret).toMatch(/^tl_[A-Za-z0-9_-]{43}$/);
  const row = await world.db.apiToken.findUniqueOrThrow({ where: { id: tokenId } });
  expect(row.secretHash).toBe(createHash('sha256').update(secret).digest('hex'));
  const kept = JSON.stringify([
    await world.db.apiToken.findMany(),
    await world.db.auditEvent.findMany(),
    await listServiceAccounts(world.ctx, admin),
  ]);
  expect(kept).toContain(secret.slice(0, 9));
  expect(kept).not.toContain(secret.slice(0, 10));
});

test('it works until it is revoked, expires, or its account or holder is disabled', async () => {
  const holder = await world.person('viewer', 'leaver');
  const made = await program(['read'], 'leaver', 2);
  expect(await actorIn(made.secret)).toMatchObject({
    name: made.name,
    scopes: ['read'],
    sponsorIds: [holder.id, admin.id],
  });
  await updateServiceAccount(world.ctx, admin, { id: made.account, isDisabled: true });
  expect(await actorOf(made.secret), 'disabled').toBeNull();
  await updateServiceAccount(world.ctx, admin, { id: made.account, isDisabled: false });
  await updatePerson(world.ctx, admin, { id: holder.id, isDisabled: true });
  expect(await actorOf(made.secret), 'its holder has left').toBeNull();
  await updatePerson(world.ctx, admin, { id: holder.id, isDisabled: false });
  expect(await actorOf(made.secret)).not.toBeNull();
  expect(await actorOf(`${made.secret.slice(0, -1)}${made.secret.endsWith('A') ? 'B' : 'A'}`)).toBeNull();
  world.clock.advance(2 * 24 * 3600);
  expect(await actorOf(made.secret), 'expired').toBeNull();

  const other = await program(['read']);
  await revokeToken(world.ctx, admin, other.tokenId);
  expect(await actorOf(other.secret), 'revoked').toBeNull();
  await expect(revokeToken(world.ctx, admin, other.tokenId)).rejects.toMatchObject({ code: 'conflict' });
  const states = (await listServiceAccounts(world.ctx, admin)).map(({ name, tokens }) => [
    name,
    tokens[0]?.state,
  ]);
  expect(states).toContainEqual([made.name, 'expired']);
  expect(states).toContainEqual([other.name, 'revoked']);
});

test('when it was last used is noted, and no more often than once a minute', async () => {
  const { secret, tokenId } = await program(['read']);
  const used = async () => {
    await actorOf(secret);
    return (await world.db.apiToken.findUniqueOrThrow({ where: { id: tokenId } })).lastUsedAt;
  };
  const first = await used();
  world.clock.advance(30);
  expect(await used()).toEqual(first);
  world.clock.advance(31);
  expect(await used()).toEqual(world.clock.now());
});

test('a program asks, is named with who is behind its token, and takes back what it asked for', async () => {
  const { secret, name } = await program(['promotions:request']);
  const actor = await actorIn(secret);
  const promotion = await ask(actor);
  expect(promotion).toMatchObject({
    requester: name,
    sponsors: ['The release-manager', 'The admin'],
    offers: { withdraw: { isAllowed: true }, approve: { isAllowed: false }, retry: { isAllowed: false } },
  });
  const event = await world.db.auditEvent.findFirst({
    where: { kind: 'promotion.requested' },
    orderBy: { seq: 'desc' },
  });
  expect(event).toMatchObject({ actorName: name, actorId: actor.id });
  expect(JSON.parse(event?.dataJson ?? '')).toMatchObject({ token: 'nightly' });
  await expect(retryPromotion(world.ctx, actor, promotion.number)).rejects.toMatchObject({
    code: 'forbidden',
  });
  expect(await withdrawPromotion(world.ctx, actor, promotion.number)).toMatchObject({ state: 'withdrawn' });
  const other = await ask(actor);
  const stranger = await actorIn((await program(['promotions:request'])).secret);
  await expect(withdrawPromotion(world.ctx, stranger, other.number)).rejects.toMatchObject({
    code: 'forbidden',
  });
  // Nobody is left to take it back where the token is gone: any release manager may.
  const colleague = await world.person('release-manager', 'colleague');
  expect(await withdrawPromotion(world.ctx, colleague, other.number)).toMatchObject({ state: 'withdrawn' });
});

test('nobody approves what was asked for with a token that they hold or made, whatever becomes of it', async () => {
  const turncoat = await world.person('admin', 'turncoat');
  const { id } = await addServiceAccount(world.ctx, turncoat, { name: 'mine', displayName: 'Mine' });
  const wanted = {
    account: id,
    name: 'x',
    scopes: ['promotions:request'] as TokenScope[],
    expiresInDays: 1,
    holder: 'reviewer',
  };
  const { secret, account } = await addToken(world.ctx, turncoat, wanted);
  const promotion = await ask(await actorIn(secret));
  await updatePerson(world.ctx, world.system, { id: turncoat.id, role: 'reviewer' });
  await revokeToken(world.ctx, admin, account.tokens[0]?.id ?? '');
  for (const actor of [bench.reviewer, { ...turncoat, role: 'reviewer' as const }]) {
    for (const decision of ['approve', 'reject'] as const) {
      await expect(bench.decide(promotion, actor, decision)).rejects.toMatchObject({ code: 'own-request' });
    }
  }
  const seen = await getPromotion(world.ctx, bench.reviewer, promotion.number);
  expect(seen.rules[0]?.mayStill).not.toContain('The reviewer');
  expect(await bench.decide(promotion, bench.second)).toMatchObject({ state: 'approved' });
});

test('a plan says so where only the people behind the token could approve it', async () => {
  const reviewers = await world.db.person.findMany({
    where: { role: 'reviewer', name: { not: 'reviewer' } },
  });
  const data = { disabledAt: world.clock.now() };
  await world.db.person.updateMany({ where: { id: { in: reviewers.map(({ id }) => id) } }, data });
  const actor = await actorIn((await program(['promotions:request'], 'reviewer')).secret);
  await expect(ask(actor)).rejects.toMatchObject({ code: 'plan-blocked', details: { check: 'approvers' } });
  await world.db.person.updateMany({ data: { disabledAt: null } });
});

test('a program decides nothing, whatever its scopes', async () => {
  const promotion = await bench.request();
  const actor = await actorIn((await program(['read', 'promotions:request', 'checks:report'])).secret);
  const decision = { decision: 'approve' as const, planChecksum: promotion.planChecksum, comment: '' };
  await expect(
    decidePromotion(world.ctx, actor, { ...decision, number: promotion.number }),
  ).rejects.toMatchObject({ code: 'forbidden' });
});

test('it is nobody who signs in, is in a group, or can be made a person', async () => {
  const { account, name } = await program(['read']);
  for (const password of ['', 'anything', '-']) {
    const signIn = startSession(world.ctx, { name, password, address: 'here' });
    await expect(signIn).rejects.toMatchObject({ code: 'sign-in-failed' });
  }
  expect((await listPeople(world.ctx, admin)).map((each) => each.name)).not.toContain(name);
  await expect(updatePerson(world.ctx, admin, { id: account, role: 'reviewer' })).rejects.toMatchObject({
    code: 'not-found',
  });
  await expect(updatePerson(world.ctx, admin, { id: account, resetPassword: true })).rejects.toMatchObject({
    code: 'not-found',
  });
  await expect(addGroup(world.ctx, admin, { name: 'bots', members: [account] })).rejects.toMatchObject({
    code: 'not-found',
  });
  await expect(
    addPerson(world.ctx, admin, { name, displayName: 'Same name', role: 'viewer' }),
  ).rejects.toMatchObject({ code: 'name-taken' });
});

test('what is wrong with a token is said by name', async () => {
  const { id } = await addServiceAccount(world.ctx, admin, { name: 'careful', displayName: 'Careful' });
  const good = {
    account: id,
    name: 'a',
    scopes: ['read'] as TokenScope[],
    expiresInDays: 30,
    holder: 'reviewer',
  };
  for (const [change, field] of [
    [{ expiresInDays: 366 }, 'expiresInDays'],
    [{ expiresInDays: 0 }, 'expiresInDays'],
    [{ scopes: [] }, 'scopes'],
    [{ scopes: ['read', 'read'] }, 'scopes'],
    [{ scopes: ['admin'] }, 'scopes.0'],
    [{ name: ' ' }, 'name'],
  ] as const) {
    await expect(addToken(world.ctx, admin, { ...good, ...change } as never)).rejects.toMatchObject({
      code: 'input-invalid',
      details: { field },
    });
  }
  await expect(addToken(world.ctx, admin, { ...good, holder: 'nobody' })).rejects.toThrow(/nobody/);
  await expect(addToken(world.ctx, admin, { ...good, holder: 'careful' })).rejects.toThrow(/careful/);
  await expect(addToken(world.ctx, admin, { ...good, account: admin.id })).rejects.toMatchObject({
    code: 'not-found',
  });
  await addToken(world.ctx, admin, good);
  await expect(addToken(world.ctx, admin, good)).rejects.toMatchObject({ code: 'name-taken' });
  expect(await world.db.apiToken.count({ where: { accountId: id } })).toBe(1);
});

test('a token for single stages does what its scopes allow for these alone, and reads all', async () => {
  await world.person('release-manager');
  const forDev = await program(['promotions:request', 'checks:report'], 'release-manager', 1, ['dev']);
  const elsewhere = await actorIn(forDev.secret);
  const { number } = await bench.request();
  await expect(ask(elsewhere)).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringMatching(/for dev does not allow this \(promotion\.request for staging\)/),
  });
  const report = { number, name: 'lab', state: 'passed' as const, planChecksum: 'f'.repeat(64) };
  await expect(reportCheck(world.ctx, elsewhere, report)).rejects.toMatchObject({ code: 'forbidden' });
  expect((await getPromotion(world.ctx, elsewhere, number)).number).toBe(number);
  await bench.clear();
  const there = await actorIn(
    (await program(['promotions:request'], 'release-manager', 1, ['staging'])).secret,
  );
  expect((await ask(there)).state).toBe('requested');
  const [first] = await listServiceAccounts(world.ctx, admin);
  const account = (await listServiceAccounts(world.ctx, admin)).find(({ name }) => name === forDev.name);
  expect(account?.tokens[0]?.stages).toEqual(['dev']);
  expect(first?.tokens[0]?.stages).toBeNull();
  const event = await world.db.auditEvent.findFirst({
    where: { kind: 'token.added' },
    orderBy: { seq: 'desc' },
  });
  expect(JSON.parse(event?.dataJson ?? '')).toMatchObject({ stages: ['staging'] });
  for (const stages of [[], ['dev', 'dev'], ['Dev']]) {
    await expect(program(['read'], 'release-manager', 1, stages)).rejects.toMatchObject({
      code: 'input-invalid',
    });
  }
  await expect(program(['read'], 'release-manager', 1, ['nowhere'])).rejects.toMatchObject({
    code: 'not-found',
  });
});
