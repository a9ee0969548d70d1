import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { StageKeyDto } from '../contracts/stage';
import { recordStageKey } from './record-stage-key';
import { requireStage } from './require-stage';
import type { ServiceContext } from './service-context';

/**
 * Lets the signer take over a secret key from a file on its machine. For the command line alone: a path in a
 * request from a browser would make the signer read whatever it may.
 *
 * @param input.path absolute path; only the signer opens it
 * @throws AppError `not-found`, `name-taken`, `ostree/key-invalid`, `signer-unreachable`
 */
export async function importStageKey(
  ctx: ServiceContext,
  actor: Actor,
  input: { stage: string; type: 'ed25519' | 'gpg'; path: string },
): Promise<StageKeyDto> {
  authorise(actor, 'settings.write');
  const stage = await requireStage(ctx.db, input.stage);
  const { type, path } = input;
  const { keyId, publicKey } = await ctx.signerSetup.importKey({ stageId: stage.id, type, path });
  return recordStageKey(ctx, actor, stage, { type, keyId, publicKey, purpose: 'sign' });
}
