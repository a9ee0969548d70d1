import type { Role, StageRole } from '../contracts/scalars';
import type { TokenScope } from '../contracts/token';

/** What can be asked for of Treeline as a whole: one's role everywhere decides. */
export const wholeActions = [
  'read',
  'audit.read',
  'audit.export',
  'settings.read',
  'settings.write',
  'people.read',
  'people.write',
  'password.change',
] as const;
export type WholeAction = (typeof wholeActions)[number];

/** What can be asked for of one stage, the one that it would change: one's role for that stage decides. */
export const stageActions = [
  'promotion.request',
  'promotion.emergency',
  'promotion.decide',
  'promotion.withdraw',
  'promotion.retry',
  'promotion.rollback',
  'promotion.remove',
  'retirement.stop',
  'hold.set',
  'hold.lift',
  'promotion.cancel',
  'freeze.override',
  'freeze.reinstate',
  'check.report',
] as const;
export type StageAction = (typeof stageActions)[number];

/** Everything that can be asked for. A service authorises exactly one of these before it does anything. */
export const actions = [...wholeActions, ...stageActions] as const;
export type Action = (typeof actions)[number];

/**
 * Who may do what; what is not in it is refused. Admins set Treeline up and take no part in promotions, so that
 * nobody can both change a policy and pass a promotion under it.
 */
const allowed: Readonly<Record<Role, readonly Action[]>> = {
  viewer: ['read', 'password.change'],
  'release-manager': [
    'read',
    'promotion.request',
    // Where the edge names a group, and they are in it.
    'promotion.emergency',
    'promotion.withdraw',
    'promotion.retry',
    'promotion.rollback',
    'promotion.remove',
    'retirement.stop',
    'hold.set',
    'hold.lift',
    'promotion.cancel',
    'freeze.reinstate',
    'audit.read',
    'password.change',
  ],
  reviewer: ['read', 'promotion.decide', 'audit.read', 'password.change'],
  auditor: ['read', 'audit.read', 'audit.export', 'settings.read', 'people.read', 'password.change'],
  admin: [
    'read',
    'audit.read',
    'settings.read',
    'settings.write',
    'hold.set',
    'hold.lift',
    // It keeps what would be deleted.
    'retirement.stop',
    'freeze.override',
    // These stop something, and let nothing through.
    'promotion.cancel',
    'freeze.reinstate',
    'people.read',
    'people.write',
    'password.change',
  ],
};

/**
 * What each scope of a token allows. Nothing here decides on a promotion, retries one, or changes a setting: a program that
 * could would be a way around the people.
 */
const allowedToScope: Readonly<Record<TokenScope, readonly Action[]>> = {
  read: ['read'],
  'promotions:request': ['read', 'promotion.request', 'promotion.withdraw', 'promotion.cancel'],
  'promotions:rollback': [
    'read',
    'promotion.request',
    'promotion.rollback',
    'promotion.withdraw',
    'promotion.cancel',
  ],
  'promotions:remove': [
    'read',
    'promotion.request',
    'promotion.remove',
    'promotion.withdraw',
    'promotion.cancel',
  ],
  'checks:report': ['read', 'check.report'],
};

/** The command line and the demo act for whoever has the home folder: settings, never a decision. */
const allowedToSystem: readonly Action[] = [
  'read',
  'hold.set',
  'hold.lift',
  'retirement.stop',
  // Whoever may remove a freeze window may be asked to say so for one promotion instead.
  'freeze.override',
  'freeze.reinstate',
  'audit.read',
  'audit.export',
  'settings.read',
  'settings.write',
  'people.read',
  'people.write',
];

export function roleMay(role: Role, action: Action): boolean {
  return allowed[role].includes(action);
}

export function scopeMay(scope: TokenScope, action: Action): boolean {
  return allowedToScope[scope].includes(action);
}

export function systemMay(action: Action): boolean {
  return allowedToSystem.includes(action);
}

/** Somebody's roles: everywhere, and for stages by their ids. */
export interface Roles {
  role: Role;
  stageRoles: ReadonlyMap<string, StageRole>;
}

/** Roles beside which somebody has no other for a stage: who sets Treeline up or looks back at it takes no part anywhere. */
export function canHaveStageRoles(role: Role): boolean {
  return role !== 'admin' && role !== 'auditor';
}

/** The role that counts for a stage: the one that somebody has for it takes the place of the one they have everywhere. */
export function roleOn({ role, stageRoles }: Roles, stageId: string): Role {
  return canHaveStageRoles(role) ? (stageRoles.get(stageId) ?? role) : role;
}

/** Whether there is a stage for which somebody's role allows it; that of no stage counts for those there may be. */
export function roleMaySomewhere({ role, stageRoles }: Roles, action: Action): boolean {
  const all = canHaveStageRoles(role) ? [role, ...stageRoles.values()] : [role];
  return all.some((each) => roleMay(each, action));
}
