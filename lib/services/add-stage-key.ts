import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import { type AddKeyInput, addKeySchema, type StageKeyDto } from '../contracts/stage';
import { parseInput } from './parse-input';
import { parsePublicKey } from './parse-public-key';
import { recordStageKey } from './record-stage-key';
import { requireStage } from './require-stage';
import type { ServiceContext } from './service-context';

/**
 * Gives a stage a key: one that the signer makes and keeps, or a public key whose signatures are accepted.
 * @throws AppError `not-found`, `name-taken`, `ostree/key-invalid`, `signer-unreachable`
 */
export async function addStageKey(
  ctx: ServiceContext,
  actor: Actor,
  input: AddKeyInput & { stage: string },
): Promise<StageKeyDto> {
  authorise(actor, 'settings.write');
  const { stage: stageName, ...rest } = input;
  const wanted = parseInput(addKeySchema, rest);
  const stage = await requireStage(ctx.db, stageName);
  const { type } = wanted;
  if (wanted.action === 'trust') {
    const key = await parsePublicKey(type, wanted.publicKey);
    return recordStageKey(ctx, actor, stage, { type, ...key, purpose: 'trust' });
  }
  const { keyId, publicKey } = await ctx.signerSetup.generateKey({
    stageId: stage.id,
    type,
    label: stage.name,
  });
  return recordStageKey(ctx, actor, stage, { type, keyId, publicKey, purpose: 'sign' });
}
