import type { Actor } from '../auth/actor';
import type { CompareDto } from '../contracts/commit';
import type { ServiceContext } from './service-context';

export async function compareCommits(
  _ctx: ServiceContext,
  _actor: Actor,
  _input: { from: string | null; to: string },
): Promise<CompareDto> {
  throw new Error('compare-commits has no body yet');
}
