import type { Actor } from '../auth/actor';
import type { PersonDto } from '../contracts/person';
import type { ServiceContext } from './service-context';

export async function listPeople(_ctx: ServiceContext, _actor: Actor): Promise<PersonDto[]> {
  throw new Error('list-people has no body yet');
}
