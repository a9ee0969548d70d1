import type { Actor } from '../auth/actor';
import type { InspectionDto } from '../contracts/stage';
import type { ServiceContext } from './service-context';

export async function inspectRepository(
  _ctx: ServiceContext,
  _actor: Actor,
  _input: { repoPath: string },
): Promise<InspectionDto> {
  throw new Error('inspect-repository has no body yet');
}
