import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import { AppError } from '../errors';
import { requireStage } from './require-stage';
import type { ServiceContext } from './service-context';
import { stageKeyFileName } from './stage-key-file';

/**
 * The public key as a client's tools read it: for ed25519 a line of base64, as `ostree` takes it; for GPG the
 * ASCII-armoured public key. `keyId` is the key's row id or its own id.
 *
 * @throws AppError `not-found`
 */
export async function readStageKeyFile(
  ctx: ServiceContext,
  actor: Actor,
  input: { stage: string; keyId: string },
): Promise<{ fileName: string; bytes: Uint8Array }> {
  authorise(actor, 'read');
  const stage = await requireStage(ctx.db, input.stage);
  const key = stage.keys.find((each) => each.id === input.keyId || each.keyId === input.keyId);
  if (!key) throw new AppError('not-found', `the stage ${stage.name} has no such key`);
  return { fileName: stageKeyFileName(stage, key), bytes: Buffer.from(`${key.publicKey.trim()}\n`, 'utf8') };
}
