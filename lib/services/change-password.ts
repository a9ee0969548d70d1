import type { Actor } from '../auth/actor';
import type { ChangePasswordInput, MeDto } from '../contracts/person';
import type { ServiceContext } from './service-context';

export async function changePassword(
  _ctx: ServiceContext,
  _actor: Actor,
  _input: ChangePasswordInput,
): Promise<MeDto> {
  throw new Error('change-password has no body yet');
}
