import type { Role } from '../contracts/scalars';
import type { TokenScope } from '../contracts/token';
import { AppError } from '../errors';
import type { Actor } from './actor';

/** Everything that can be asked for. A service authorises exactly one of these before it does anything. */
export const actions = [
  'read',
  'promotion.request',
  'promotion.emergency',
  'promotion.decide',
  'promotion.withdraw',
  'promotion.retry',
  'promotion.rollback',
  'hold.set',
  'hold.lift',
  'promotion.cancel',
  'freeze.override',
  'check.report',
  'audit.read',
  'audit.export',
  'settings.read',
  'settings.write',
  'people.read',
  'people.write',
  'password.change',
] as const;
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
    'hold.set',
    'hold.lift',
    'promotion.cancel',
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
    'freeze.override',
    // It stops something, and lets nothing through.
    'promotion.cancel',
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
  'checks:report': ['read', 'check.report'],
};

/** The command line and the demo act for whoever has the home folder: settings, never a decision. */
const allowedToSystem: readonly Action[] = [
  'read',
  'hold.set',
  'hold.lift',
  // Whoever may remove a freeze window may be asked to say so for one promotion instead.
  'freeze.override',
  'audit.read',
  'audit.export',
  'settings.read',
  'settings.write',
  'people.read',
  'people.write',
];

/** The actions that the role has at all. Whether one holds for a resource is the service's to say. */
export function actionsOf(role: Role): readonly Action[] {
  return allowed[role];
}

/** Whether `actor` may ask for `action`. Someone who must change their password may do only that. */
export function can(actor: Actor, action: Action): boolean {
  if (actor.kind === 'system') return allowedToSystem.includes(action);
  if (actor.kind === 'service') return actor.scopes.some((scope) => allowedToScope[scope].includes(action));
  if (actor.mustChangePassword && action !== 'password.change') return false;
  return allowed[actor.role].includes(action);
}

/**
 * The one authorisation check; the first line of every service.
 * @throws AppError `password-change-required`, `forbidden`
 */
export function authorise(actor: Actor, action: Action): void {
  if (can(actor, action)) return;
  if (actor.kind === 'person' && actor.mustChangePassword) {
    throw new AppError('password-change-required', 'change your one-time password first');
  }
  if (actor.kind === 'service') {
    const scopes = actor.scopes.join(', ');
    throw new AppError('forbidden', `a token with the scopes ${scopes} does not allow this (${action})`, {
      details: { action, scopes },
    });
  }
  const role = actor.kind === 'person' ? actor.role : actor.name;
  throw new AppError('forbidden', `your role (${role}) does not allow this (${action})`, {
    details: { action, role },
  });
}
