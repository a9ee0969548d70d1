import type { StageKeyRow, StageRow } from '../db/stage';

/** What a stage's public key is called when it is downloaded: `production-3f9c1e20.ed25519`, `….asc`. */
export function stageKeyFileName(
  stage: Pick<StageRow, 'name'>,
  key: Pick<StageKeyRow, 'type' | 'keyId'>,
): string {
  if (key.type === 'gpg') return `${stage.name}-${key.keyId.slice(-8).toLowerCase()}.asc`;
  return `${stage.name}-${Buffer.from(key.keyId, 'base64').toString('hex').slice(0, 8)}.ed25519`;
}
