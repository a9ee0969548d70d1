import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { PersonDto } from '../contracts/person';
import { findPeople } from '../db/person';
import { personDto } from './person-dto';
import type { ServiceContext } from './service-context';

/** Everybody who has or had an account, by name. */
export async function listPeople(ctx: ServiceContext, actor: Actor): Promise<PersonDto[]> {
  authorise(actor, 'people.read');
  return (await findPeople(await ctx.atHead())).map(personDto);
}
