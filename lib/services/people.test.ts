import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPerson } from './add-person';
import { listPeople } from './list-people';
import { makeWorld, type World } from './testing/world';
import { updatePerson } from './update-person';

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.close());

const wanted = (name: string) => ({ name, displayName: `  The ${name} `, role: 'viewer' as const });
const eventsOf = (kind: string) => world.db.auditEvent.findMany({ where: { kind }, orderBy: { seq: 'asc' } });

test('only admins add and change people, and only they and auditors see them', async () => {
  const admin = await world.person('admin');
  const { person } = await addPerson(world.ctx, admin, wanted('somebody'));
  for (const role of ['viewer', 'release-manager', 'reviewer', 'auditor'] as const) {
    const actor = await world.person(role);
    await expect(addPerson(world.ctx, actor, wanted('x'))).rejects.toMatchObject({ code: 'forbidden' });
    const change = { id: person.id, role: 'admin' as const };
    await expect(updatePerson(world.ctx, actor, change)).rejects.toMatchObject({ code: 'forbidden' });
    const listed = listPeople(world.ctx, actor);
    if (role === 'auditor') expect((await listed).map((each) => each.name)).toContain('somebody');
    else await expect(listed).rejects.toMatchObject({ code: 'forbidden' });
  }
});

test('a name is taken once, and input that is no input is refused', async () => {
  const admin = await world.person('admin');
  await addPerson(world.ctx, admin, wanted('twin'));
  await expect(addPerson(world.ctx, admin, wanted('twin'))).rejects.toMatchObject({ code: 'name-taken' });
  for (const input of [
    { ...wanted('Upper') },
    { ...wanted('x'), role: 'root' },
    { ...wanted('x'), extra: true },
    { ...wanted('x'), name: { not: '' } },
    { ...wanted('x'), displayName: '' },
    {},
  ]) {
    await expect(addPerson(world.ctx, admin, input as never)).rejects.toMatchObject({
      code: 'input-invalid',
    });
  }
  expect(await world.db.person.count({ where: { name: 'x' } })).toBe(0);
});

test('a one-time password is made anew, once, and signs the person out', async () => {
  const admin = await world.person('admin');
  const reviewer = await world.person('reviewer', 'forgetful');
  const { oneTimePassword } = await updatePerson(world.ctx, admin, { id: reviewer.id, resetPassword: true });
  expect(oneTimePassword).toMatch(/^\w{4}(-\w{4}){3}$/);
  const row = await world.db.person.findUniqueOrThrow({
    where: { id: reviewer.id },
    include: { sessions: true },
  });
  expect(row.mustChangePassword).toBe(true);
  expect(row.sessions.every((session) => session.endedAt !== null)).toBe(true);
  const [event] = await eventsOf('person.password-reset');
  expect(event).toMatchObject({ actorName: 'admin', dataJson: '{"name":"forgetful"}' });
  expect(JSON.stringify(await world.db.auditEvent.findMany())).not.toContain(oneTimePassword);
});

test('nobody changes their own role or account, and the last admin stays', async () => {
  const admin = await world.person('admin');
  for (const change of [{ role: 'viewer' as const }, { isDisabled: true }, { resetPassword: true }]) {
    await expect(updatePerson(world.ctx, admin, { id: admin.id, ...change })).rejects.toMatchObject({
      code: 'forbidden',
    });
  }
  await updatePerson(world.ctx, admin, { id: admin.id, displayName: 'New Name' });
  for (const change of [{ role: 'viewer' as const }, { isDisabled: true }]) {
    await expect(updatePerson(world.ctx, world.system, { id: admin.id, ...change })).rejects.toMatchObject({
      code: 'conflict',
    });
  }
  expect(await world.db.person.findUnique({ where: { id: admin.id } })).toMatchObject({
    role: 'admin',
    disabledAt: null,
  });
});

test('each change is recorded with what changed, and none where nothing did', async () => {
  const admin = await world.person('admin');
  const person = await world.person('viewer', 'changing');
  const before = (await eventsOf('person.updated')).length;
  await updatePerson(world.ctx, admin, { id: person.id, role: 'viewer', displayName: person.displayName });
  expect(await eventsOf('person.updated')).toHaveLength(before);
  await updatePerson(world.ctx, admin, { id: person.id, role: 'reviewer', isDisabled: true });
  const last = (await eventsOf('person.updated')).at(-1);
  expect(JSON.parse(last?.dataJson ?? '')).toEqual({
    name: 'changing',
    changes: ['viewer → reviewer', 'can no longer sign in'],
  });
  await expect(updatePerson(world.ctx, admin, { id: 'nobody', role: 'viewer' })).rejects.toMatchObject({
    code: 'not-found',
  });
});
