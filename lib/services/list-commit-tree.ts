import type { Actor } from '../auth/actor';
import type { TreeDto } from '../contracts/commit';
import type { ServiceContext } from './service-context';

export async function listCommitTree(
  _ctx: ServiceContext,
  _actor: Actor,
  _input: { checksum: string; path?: string },
): Promise<TreeDto> {
  throw new Error('list-commit-tree has no body yet');
}
