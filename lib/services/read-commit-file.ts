import type { Actor } from '../auth/actor';
import type { FileDto } from '../contracts/commit';
import type { ServiceContext } from './service-context';

export async function readCommitFile(
  _ctx: ServiceContext,
  _actor: Actor,
  _input: { checksum: string; path: string },
): Promise<FileDto> {
  throw new Error('read-commit-file has no body yet');
}
