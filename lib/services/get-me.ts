import type { Actor } from '../auth/actor';
import { can, SOME_STAGE } from '../auth/permissions';
import type { MeDto } from '../contracts/person';
import { findPersonById } from '../db/person';
import { AppError } from '../errors';
import { roleMay, stageActions, wholeActions } from '../promotion/permission-table';
import { personDto } from './person-dto';
import type { ServiceContext } from './service-context';

/** Who is signed in, and what they may ask for. Open to everybody who is signed in. */
export async function getMe(ctx: ServiceContext, actor: Actor): Promise<MeDto> {
  if (actor.kind === 'service') throw new AppError('forbidden', 'a token is no person who is signed in');
  const row = actor.kind === 'person' ? await findPersonById(await ctx.atHead(), actor.id) : null;
  if (!row || actor.kind !== 'person') throw new AppError('not-signed-in', 'sign in first');
  const { role, mustChangePassword } = actor;
  return {
    ...personDto(row),
    can: [
      ...wholeActions.filter((action) => can(actor, action)),
      ...stageActions.filter((action) => can(actor, action, SOME_STAGE)),
    ],
    canElsewhere: stageActions.filter((action) => !mustChangePassword && roleMay(role, action)),
    canOn: Object.fromEntries(
      row.stageRoles.map(({ stage }) => [
        stage.name,
        stageActions.filter((action) => can(actor, action, stage)),
      ]),
    ),
  };
}
