import { expect, test } from 'vitest';
import { roleSchema } from '../contracts/scalars';
import { tokenScopes } from '../contracts/token';
import { type PersonActor, type ServiceActor, systemActor } from './actor';
import { type Action, actions, actionsOf, authorise, can } from './permissions';

const actor = (role: PersonActor['role'], mustChangePassword = false): PersonActor => ({
  kind: 'person',
  id: role,
  name: role,
  displayName: role,
  role,
  mustChangePassword,
  sessionId: null,
});

/** The whole table, written down a second time on purpose: a change of it has to be meant. */
const table: Record<Action, PersonActor['role'][]> = {
  read: ['viewer', 'release-manager', 'reviewer', 'auditor', 'admin'],
  'promotion.request': ['release-manager'],
  'promotion.emergency': ['release-manager'],
  'promotion.decide': ['reviewer'],
  'promotion.withdraw': ['release-manager'],
  'promotion.retry': ['release-manager'],
  'promotion.rollback': ['release-manager'],
  'hold.set': ['release-manager', 'admin'],
  'hold.lift': ['release-manager', 'admin'],
  'promotion.cancel': ['release-manager', 'admin'],
  'freeze.override': ['admin'],
  // A program's, by its token.
  'check.report': [],
  'audit.read': ['release-manager', 'reviewer', 'auditor', 'admin'],
  'audit.export': ['auditor'],
  'settings.read': ['auditor', 'admin'],
  'settings.write': ['admin'],
  'people.read': ['auditor', 'admin'],
  'people.write': ['admin'],
  'password.change': ['viewer', 'release-manager', 'reviewer', 'auditor', 'admin'],
};

test('each role may do what the table says and nothing else', () => {
  for (const action of actions) {
    expect(
      roleSchema.options.filter((role) => can(actor(role), action)),
      action,
    ).toEqual(table[action]);
  }
});

test('nobody can both change a policy and decide or ask under it', () => {
  for (const role of roleSchema.options) {
    const has = (action: Action) => actionsOf(role).includes(action);
    expect(has('settings.write') && (has('promotion.decide') || has('promotion.request'))).toBe(false);
    expect(has('promotion.decide') && has('promotion.request')).toBe(false);
  }
});

test('who must change their password may do only that', () => {
  for (const role of roleSchema.options) {
    expect(actions.filter((action) => can(actor(role, true), action))).toEqual(['password.change']);
    expect(() => authorise(actor(role, true), 'read')).toThrow(/change your one-time password/);
  }
});

test('Treeline’s own processes take no part in promotions', () => {
  const system = systemActor('command line');
  for (const action of actions.filter((each) => /^(promotion|check)\./.test(each))) {
    expect(() => authorise(system, action)).toThrow(/does not allow/);
  }
  expect(can(system, 'settings.write')).toBe(true);
});

test('a token allows what its scopes name, and no scope decides or sets anything up', () => {
  const program = (scopes: ServiceActor['scopes']): ServiceActor => ({
    kind: 'service',
    id: 'ci',
    name: 'ci',
    displayName: 'CI',
    tokenId: 'token',
    tokenName: 'nightly',
    scopes,
    sponsorIds: [],
  });
  const allowedTo = (scopes: ServiceActor['scopes']) =>
    actions.filter((action) => can(program(scopes), action));
  expect(tokenScopes.map((scope) => [scope, allowedTo([scope])])).toEqual([
    ['read', ['read']],
    ['promotions:request', ['read', 'promotion.request', 'promotion.withdraw', 'promotion.cancel']],
    [
      'promotions:rollback',
      ['read', 'promotion.request', 'promotion.withdraw', 'promotion.rollback', 'promotion.cancel'],
    ],
    ['checks:report', ['read', 'check.report']],
  ]);
  expect(allowedTo([])).toEqual([]);
  expect(() => authorise(program(tokenScopes), 'promotion.decide')).toThrow(
    /promotions:request.*does not allow/,
  );
});
