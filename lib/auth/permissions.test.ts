import { expect, test } from 'vitest';
import { type Role, roleSchema, type StageRole, stageRoleSchema } from '../contracts/scalars';
import { tokenScopes } from '../contracts/token';
import {
  type Action,
  actions,
  roleMay,
  type StageAction,
  stageActions,
  wholeActions,
} from '../promotion/permission-table';
import { type Actor, type PersonActor, type ServiceActor, systemActor } from './actor';
import { authorise, can, SOME_STAGE } from './permissions';

const production = { id: 'stage-p', name: 'production' };
const staging = { id: 'stage-s', name: 'staging' };
const isOfStage = (action: Action): action is StageAction => stageActions.some((each) => each === action);
/** Whether `actor` may do it: of the whole, or of production. */
const may = (actor: Actor, action: Action, stage = production) =>
  isOfStage(action) ? can(actor, action, stage) : can(actor, action);

const actor = (
  role: Role,
  mustChangePassword = false,
  stageRoles: PersonActor['stageRoles'] = new Map(),
): PersonActor => ({
  kind: 'person',
  id: role,
  name: role,
  displayName: role,
  role,
  stageRoles,
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
  'promotion.remove': ['release-manager'],
  'retirement.stop': ['release-manager', 'admin'],
  'hold.set': ['release-manager', 'admin'],
  'hold.lift': ['release-manager', 'admin'],
  'promotion.cancel': ['release-manager', 'admin'],
  'freeze.override': ['admin'],
  'freeze.reinstate': ['release-manager', 'admin'],
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
      roleSchema.options.filter((role) => may(actor(role), action)),
      action,
    ).toEqual(table[action]);
  }
});

const pairs = roleSchema.options.flatMap((role) =>
  stageRoleSchema.options.map((there) => [role, there] as const),
);
const takesPart = (role: Role) => stageRoleSchema.safeParse(role).success;

test.each(pairs)(
  '%s everywhere and %s for production: for it that alone counts, elsewhere the other',
  (role, there) => {
    const both = actor(role, false, new Map<string, StageRole>([[production.id, there]]));
    // Admins and auditors are so everywhere, whatever a row says.
    const onProduction = takesPart(role) ? there : role;
    for (const action of stageActions) {
      expect(can(both, action, production), action).toBe(table[action].includes(onProduction));
      expect(can(both, action, staging), action).toBe(table[action].includes(role));
      const isSomewhere = [role, onProduction].some((each) => table[action].includes(each));
      expect(can(both, action, SOME_STAGE), action).toBe(isSomewhere);
    }
    // Settings, people and the history are of the whole: no role for a stage gives or takes them.
    for (const action of wholeActions) expect(can(both, action), action).toBe(table[action].includes(role));
  },
);

test('a refusal says for which stage a role is another', () => {
  const both = actor('release-manager', false, new Map([[production.id, 'viewer']]));
  expect(() => authorise(both, 'promotion.request', production)).toThrow(
    'your role for production (viewer) does not allow this (promotion.request)',
  );
  expect(() => authorise(both, 'promotion.decide', staging)).toThrow('your role (release-manager) does not');
  expect(() => authorise(both, 'promotion.request', staging)).not.toThrow();
});

test('nobody can both change a policy and decide or ask under it', () => {
  for (const role of roleSchema.options) {
    const has = (action: Action) => roleMay(role, action);
    expect(has('settings.write') && (has('promotion.decide') || has('promotion.request'))).toBe(false);
    expect(has('promotion.decide') && has('promotion.request')).toBe(false);
  }
});

test('who must change their password may do only that', () => {
  for (const role of roleSchema.options) {
    expect(actions.filter((action) => may(actor(role, true), action))).toEqual(['password.change']);
    expect(() => authorise(actor(role, true), 'read')).toThrow(/change your one-time password/);
    expect(stageActions.some((action) => can(actor(role, true), action, SOME_STAGE))).toBe(false);
  }
});

test('Treeline’s own processes take no part in promotions', () => {
  const system = systemActor('command line');
  for (const action of stageActions.filter((each) => /^(promotion|check)\./.test(each))) {
    expect(() => authorise(system, action, SOME_STAGE)).toThrow(/does not allow/);
    expect(() => authorise(system, action, production)).toThrow(/does not allow/);
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
    stages: null,
    sponsorIds: [],
  });
  const allowedTo = (scopes: ServiceActor['scopes']) =>
    actions.filter((action) => may(program(scopes), action));
  expect(tokenScopes.map((scope) => [scope, allowedTo([scope])])).toEqual([
    ['read', ['read']],
    ['promotions:request', ['read', 'promotion.request', 'promotion.withdraw', 'promotion.cancel']],
    [
      'promotions:rollback',
      ['read', 'promotion.request', 'promotion.withdraw', 'promotion.rollback', 'promotion.cancel'],
    ],
    [
      'promotions:remove',
      ['read', 'promotion.request', 'promotion.withdraw', 'promotion.remove', 'promotion.cancel'],
    ],
    ['checks:report', ['read', 'check.report']],
  ]);
  expect(allowedTo([])).toEqual([]);
  expect(() => authorise(program(tokenScopes), 'promotion.decide', production)).toThrow(
    /promotions:request.*does not allow/,
  );
});
