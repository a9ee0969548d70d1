import type { Actor } from '../auth/actor';
import { actionsOf, can } from '../auth/permissions';
import type { MeDto } from '../contracts/person';
import { findPersonById } from '../db/person';
import { AppError } from '../errors';
import { personDto } from './person-dto';
import type { ServiceContext } from './service-context';

/** Who is signed in, and what they may ask for. Open to everybody who is signed in. */
export async function getMe(ctx: ServiceContext, actor: Actor): Promise<MeDto> {
  if (actor.kind === 'service') throw new AppError('forbidden', 'a token is no person who is signed in');
  const row = actor.kind === 'person' ? await findPersonById(ctx.db, actor.id) : null;
  if (!row || actor.kind !== 'person') throw new AppError('not-signed-in', 'sign in first');
  return { ...personDto(row), can: actionsOf(actor.role).filter((action) => can(actor, action)) };
}
