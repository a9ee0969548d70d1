import { AppError } from '../errors';
import {
  type Action,
  roleMay,
  roleMaySomewhere,
  roleOn,
  type StageAction,
  scopeMay,
  systemMay,
  type WholeAction,
} from '../promotion/permission-table';
import type { Actor, ServiceActor } from './actor';

/** The stage that an action would change: where a promotion leads to, or where a ref is held. */
export interface ActedStage {
  id: string;
  name: string;
}

/** Stands for some stage or other: for the first line of a service that has yet to read which stage it is. */
export const SOME_STAGE = 'some stage';

type Asked = [action: WholeAction] | [action: StageAction, stage: ActedStage | typeof SOME_STAGE];

/** Whether `actor` may ask for it. Someone who must change their password may do only that. */
export function can(actor: Actor, ...asked: Asked): boolean {
  const [action, stage] = asked;
  if (actor.kind === 'system') return systemMay(action);
  if (actor.kind === 'service') {
    const isIn = stage === undefined || stage === SOME_STAGE || isTokenFor(actor, stage);
    return isIn && actor.scopes.some((scope) => scopeMay(scope, action));
  }
  if (actor.mustChangePassword && action !== 'password.change') return false;
  if (stage === undefined) return roleMay(actor.role, action);
  return stage === SOME_STAGE ? roleMaySomewhere(actor, action) : roleMay(roleOn(actor, stage.id), action);
}

/**
 * The one authorisation check; the first line of every service. What is of a stage is asked for that stage; where the
 * service has to read first which it is, for `SOME_STAGE`, and for the stage itself as soon as it is known.
 *
 * @throws AppError `password-change-required`, `forbidden`
 */
export function authorise(actor: Actor, ...asked: Asked): void {
  if (can(actor, ...asked)) return;
  const [action, stage] = asked;
  if (actor.kind === 'person' && actor.mustChangePassword) {
    throw new AppError('password-change-required', 'change your one-time password first');
  }
  if (actor.kind === 'service') {
    const scopes = actor.scopes.join(', ');
    const isElsewhere = stage !== undefined && stage !== SOME_STAGE && !isTokenFor(actor, stage);
    const which = isElsewhere ? ` for ${actor.stages?.join(', ')}` : '';
    throw new AppError(
      'forbidden',
      `a token with the scopes ${scopes}${which} does not allow this (${action}${isElsewhere ? ` for ${stage.name}` : ''})`,
      { details: { action, scopes } },
    );
  }
  if (actor.kind === 'system') throw roleRefused(action, actor.name);
  if (stage === undefined || stage === SOME_STAGE) throw roleRefused(action, actor.role);
  const role = roleOn(actor, stage.id);
  throw roleRefused(action, role, role === actor.role ? null : stage.name);
}

function isTokenFor({ stages }: ServiceActor, { name }: ActedStage): boolean {
  return stages === null || stages.includes(name);
}

function roleRefused(action: Action, role: string, stage: string | null = null): AppError {
  const where = stage === null ? 'your role' : `your role for ${stage}`;
  return new AppError('forbidden', `${where} (${role}) does not allow this (${action})`, {
    details: { action, role },
  });
}
