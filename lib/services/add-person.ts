import type { Actor } from '../auth/actor';
import type { AddedPersonDto, AddPersonInput } from '../contracts/person';
import type { ServiceContext } from './service-context';

export async function addPerson(
  _ctx: ServiceContext,
  _actor: Actor,
  _input: AddPersonInput,
): Promise<AddedPersonDto> {
  throw new Error('add-person has no body yet');
}
