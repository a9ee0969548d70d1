import { randomUUID } from 'node:crypto';
import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import type { StageKeyDto } from '../contracts/stage';
import { inTransaction } from '../db/client';
import { insertStageKey, type StageWithKeys, updateStageKeyRow } from '../db/stage';
import { AppError } from '../errors';
import { writeRepoServerConfig } from '../publish/write-repo-server-config';
import { requireStage } from './require-stage';
import type { ServiceContext } from './service-context';
import { stageKeyDto } from './stage-dto';

export interface RecordedKey {
  type: 'ed25519' | 'gpg';
  keyId: string;
  publicKey: string;
  purpose: 'sign' | 'trust';
}

/**
 * Notes the public half of a key for a stage, and tells the repository server. A key that was only trusted becomes one
 * that signs where the signer now holds it.
 *
 * @throws AppError `name-taken` where the stage has the key already
 */
export async function recordStageKey(
  ctx: ServiceContext,
  actor: Actor,
  stage: Pick<StageWithKeys, 'name'>,
  key: RecordedKey,
): Promise<StageKeyDto> {
  const at = ctx.clock.now();
  const row = await inTransaction(ctx.db, async (tx) => {
    const { id: stageId, keys, name } = await requireStage(tx, stage.name);
    const present = keys.find((each) => each.type === key.type && each.keyId === key.keyId);
    if (present && (present.purpose === 'sign' || key.purpose === 'trust')) {
      throw new AppError('name-taken', `the stage ${name} has the ${key.type} key ${key.keyId} already`);
    }
    const recorded = present
      ? await updateStageKeyRow(tx, present.id, { purpose: 'sign', retiredAt: null })
      : await insertStageKey(tx, { id: randomUUID(), stageId, ...key, createdAt: at, retiredAt: null });
    const { type, keyId, purpose } = key;
    await recordAudit(tx, {
      kind: 'stage.key-added',
      at,
      actor: auditActorOf(actor),
      stage: name,
      data: { type, keyId, purpose },
    });
    return recorded;
  });
  await writeRepoServerConfig(ctx.db, ctx.home.repoServerConfigPath);
  return stageKeyDto(row);
}
