import { afterAll, beforeAll, expect, test } from 'vitest';
import { actorOfSession, SESSION_IDLE_SECONDS, SESSION_LIFETIME_SECONDS } from '../auth/session';
import { ATTEMPT_WINDOW_SECONDS, ATTEMPTS_PER_ACCOUNT, ATTEMPTS_PER_ADDRESS } from '../auth/sign-in-limits';
import { addPerson } from './add-person';
import { changePassword } from './change-password';
import { endSession } from './end-session';
import { getMe } from './get-me';
import { startSession } from './start-session';
import { makeWorld, type World } from './testing/world';
import { updatePerson } from './update-person';

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.close());

const address = '192.0.2.1';

/** A new person, and their one-time password. */
async function add(name: string, role: 'viewer' | 'reviewer' | 'admin' = 'viewer') {
  const added = await addPerson(world.ctx, world.system, { name, displayName: name, role });
  return { ...added.person, password: added.oneTimePassword };
}

const signIn = (name: string, password: string, from = address) =>
  startSession(world.ctx, { name, password, address: from });
const actorOf = (session: string) => actorOfSession(world.ctx, session, world.clock.now());
const lastEvent = () => world.db.auditEvent.findFirst({ orderBy: { seq: 'desc' } });

test('a person signs in with the one-time password and can do nothing but change it', async () => {
  const person = await add('first');
  const session = await signIn('  First ', person.password);
  const actor = await actorOf(session);
  expect(actor).toMatchObject({ name: 'first', role: 'viewer', mustChangePassword: true });
  if (!actor) throw new Error('no actor');
  expect((await getMe(world.ctx, actor)).can).toEqual(['password.change']);

  const newPassword = 'four quite random words';
  const wrong = { currentPassword: 'wrong', newPassword };
  await expect(changePassword(world.ctx, actor, wrong)).rejects.toMatchObject({ code: 'sign-in-failed' });
  const same = { currentPassword: person.password, newPassword: person.password };
  await expect(changePassword(world.ctx, actor, same)).rejects.toMatchObject({ code: 'input-invalid' });
  const weak = { currentPassword: person.password, newPassword: 'password1234' };
  await expect(changePassword(world.ctx, actor, weak)).rejects.toMatchObject({ code: 'input-invalid' });

  const other = await signIn('first', person.password);
  const me = await changePassword(world.ctx, actor, { currentPassword: person.password, newPassword });
  expect(me).toMatchObject({ mustChangePassword: false });
  expect(me.can).toContain('read');
  expect(await actorOf(session)).toMatchObject({ mustChangePassword: false });
  expect(await actorOf(other), 'other sessions end with the old password').toBeNull();
  expect(await lastEvent()).toMatchObject({ kind: 'person.password-changed', actorName: 'first' });
  await expect(signIn('first', person.password)).rejects.toMatchObject({ code: 'sign-in-failed' });
  await signIn('first', newPassword);
});

test('wrong name, wrong password and disabled account are told apart by nobody', async () => {
  const person = await add('disabled-one');
  await updatePerson(world.ctx, world.system, { id: person.id, isDisabled: true });
  const errors = [
    await signIn('nobody-at-all', 'x').catch((e: unknown) => e),
    await signIn('disabled-one', 'x').catch((e: unknown) => e),
    await signIn('disabled-one', person.password).catch((e: unknown) => e),
  ];
  for (const error of errors)
    expect(error).toMatchObject({ code: 'sign-in-failed', message: 'name or password is wrong' });
});

test('a name that does not exist is recorded nowhere: it may be a password', async () => {
  const before = await world.db.auditEvent.count();
  await expect(signIn('hunter2-my-password', 'x')).rejects.toThrow();
  expect(await world.db.auditEvent.count()).toBe(before);
  const attempts = await world.db.signInAttempt.findMany();
  expect(JSON.stringify(attempts)).not.toContain('hunter2');
});

test('an account is locked after ten attempts, for a while, even for the right password', async () => {
  const person = await add('locked');
  const wrong = await Promise.allSettled(
    Array.from({ length: ATTEMPTS_PER_ACCOUNT + 5 }, (_, i) =>
      signIn('locked', `guess ${i}`, `192.0.2.${i}`),
    ),
  );
  const codes = wrong.map((each) => (each.status === 'rejected' ? each.reason.code : 'in'));
  expect(codes.filter((code) => code === 'sign-in-failed')).toHaveLength(ATTEMPTS_PER_ACCOUNT);
  expect(codes.filter((code) => code === 'too-many-attempts')).toHaveLength(5);
  await expect(signIn('locked', person.password, '198.51.100.1')).rejects.toMatchObject({
    code: 'too-many-attempts',
  });
  const reset = await updatePerson(world.ctx, world.system, { id: person.id, resetPassword: true });
  await signIn('locked', reset.oneTimePassword ?? '');
  for (let i = 0; i < ATTEMPTS_PER_ACCOUNT; i++) await signIn('locked', 'x').catch(() => undefined);
  world.clock.advance(ATTEMPT_WINDOW_SECONDS + 1);
  await signIn('locked', reset.oneTimePassword ?? '');
});

test('a success forgets the failures before it', async () => {
  const person = await add('forgetful');
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < ATTEMPTS_PER_ACCOUNT - 1; i++)
      await expect(signIn('forgetful', 'x')).rejects.toThrow();
    await signIn('forgetful', person.password);
  }
});

test('an address that tries many names is stopped', async () => {
  world.clock.advance(ATTEMPT_WINDOW_SECONDS + 1);
  const from = '203.0.113.9';
  for (let i = 0; i < ATTEMPTS_PER_ADDRESS; i++) {
    await expect(signIn(`guess-${i}`, 'x', from)).rejects.toMatchObject({ code: 'sign-in-failed' });
  }
  await expect(signIn('guess-more', 'x', from)).rejects.toMatchObject({ code: 'too-many-attempts' });
  await expect(signIn('guess-more', 'x', '203.0.113.10')).rejects.toMatchObject({ code: 'sign-in-failed' });
});

test('an office that signs in all day is not stopped, and one’s own account is no way around', async () => {
  world.clock.advance(ATTEMPT_WINDOW_SECONDS + 1);
  const person = await add('daily');
  const from = '203.0.113.50';
  for (let i = 0; i < ATTEMPTS_PER_ADDRESS + 5; i++) await signIn('daily', person.password, from);
  for (let i = 0; i < ATTEMPTS_PER_ADDRESS; i++) {
    await expect(signIn(`other-${i}`, 'x', from)).rejects.toMatchObject({ code: 'sign-in-failed' });
    if (i % 10 === 0 && i < ATTEMPTS_PER_ADDRESS - 1) await signIn('daily', person.password, from);
  }
  await expect(signIn('other', 'x', from)).rejects.toMatchObject({ code: 'too-many-attempts' });
});

test('the current password can’t be guessed without limit by who holds a session', async () => {
  const person = await add('stolen');
  const actor = await actorOf(await signIn('stolen', person.password));
  if (!actor) throw new Error('no actor');
  const guess = { currentPassword: 'guess', newPassword: 'four quite random words' };
  for (let i = 0; i < ATTEMPTS_PER_ACCOUNT; i++) {
    await expect(changePassword(world.ctx, actor, guess)).rejects.toMatchObject({ code: 'sign-in-failed' });
  }
  await expect(changePassword(world.ctx, actor, guess)).rejects.toMatchObject({ code: 'too-many-attempts' });
});

test('signing out ends the session at once, and once', async () => {
  const person = await add('leaving');
  const session = await signIn('leaving', person.password);
  const actor = await actorOf(session);
  if (!actor) throw new Error('no actor');
  await endSession(world.ctx, actor);
  expect(await actorOf(session)).toBeNull();
  const events = await world.db.auditEvent.count();
  await endSession(world.ctx, actor);
  expect(await world.db.auditEvent.count()).toBe(events);
});

test('a session ends by age, by idleness, and with the account or the role', async () => {
  const person = await add('ageing');
  let session = await signIn('ageing', person.password);
  for (let day = 1; day < 7; day++) {
    world.clock.advance(SESSION_IDLE_SECONDS - 60);
    expect(await actorOf(session), `day ${day}`).not.toBeNull();
  }
  world.clock.advance(SESSION_IDLE_SECONDS - 60);
  await actorOf(session);
  world.clock.advance(SESSION_LIFETIME_SECONDS / 7);
  expect(await actorOf(session)).toBeNull();

  session = await signIn('ageing', person.password);
  world.clock.advance(SESSION_IDLE_SECONDS + 1);
  expect(await actorOf(session)).toBeNull();

  session = await signIn('ageing', person.password);
  await updatePerson(world.ctx, world.system, { id: person.id, role: 'reviewer' });
  expect(await actorOf(session), 'another role signs out').toBeNull();

  session = await signIn('ageing', person.password);
  await updatePerson(world.ctx, world.system, { id: person.id, isDisabled: true });
  expect(await actorOf(session), 'disabled').toBeNull();
  expect(await actorOf('no-such-session')).toBeNull();
});
