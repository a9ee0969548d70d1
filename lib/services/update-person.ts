import type { Actor } from '../auth/actor';
import type { UpdatedPersonDto, UpdatePersonInput } from '../contracts/person';
import type { ServiceContext } from './service-context';

export async function updatePerson(
  _ctx: ServiceContext,
  _actor: Actor,
  _input: UpdatePersonInput & { id: string },
): Promise<UpdatedPersonDto> {
  throw new Error('update-person has no body yet');
}
