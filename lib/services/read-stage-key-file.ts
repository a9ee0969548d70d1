import type { Actor } from '../auth/actor';
import type { ServiceContext } from './service-context';

export async function readStageKeyFile(
  _ctx: ServiceContext,
  _actor: Actor,
  _input: { stage: string; keyId: string },
): Promise<{ fileName: string; bytes: Uint8Array }> {
  throw new Error('read-stage-key-file has no body yet');
}
