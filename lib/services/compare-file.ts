import type { Actor } from '../auth/actor';
import type { FileDiffDto } from '../contracts/commit';
import type { ServiceContext } from './service-context';

export async function compareFile(
  _ctx: ServiceContext,
  _actor: Actor,
  _input: { from: string | null; to: string; path: string },
): Promise<FileDiffDto> {
  throw new Error('compare-file has no body yet');
}
