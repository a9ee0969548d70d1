import type { StageKeyDto } from '@/lib/contracts/stage';

/** A key in a few letters: the first of an ed25519 public key, the last eight digits of a fingerprint. */
export function keyLabel(key: Pick<StageKeyDto, 'type' | 'keyId'>): string {
  return key.type === 'gpg' ? `GPG ${key.keyId.slice(-8)}` : `ed25519 ${key.keyId.slice(0, 8)}`;
}
