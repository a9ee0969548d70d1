import type { Actor } from '../auth/actor';
import type { CommitRowDto } from '../contracts/commit';
import type { PageDto } from '../contracts/scalars';
import type { ServiceContext } from './service-context';

export async function listRefCommits(
  _ctx: ServiceContext,
  _actor: Actor,
  _input: { stage: string; ref: string; cursor?: string | null },
): Promise<PageDto<CommitRowDto>> {
  throw new Error('list-ref-commits has no body yet');
}
