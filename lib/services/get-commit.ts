import type { Actor } from '../auth/actor';
import type { CommitDto } from '../contracts/commit';
import type { ServiceContext } from './service-context';

export async function getCommit(
  _ctx: ServiceContext,
  _actor: Actor,
  _input: { checksum: string; stage?: string },
): Promise<CommitDto> {
  throw new Error('get-commit has no body yet');
}
