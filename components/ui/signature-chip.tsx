import type { SignatureDto } from '@/lib/contracts/scalars';
import { Chip, type ChipTone } from './chip';

const STATES: Record<SignatureDto['state'], { tone: ChipTone; text: string }> = {
  valid: { tone: 'ok', text: 'valid' },
  invalid: { tone: 'bad', text: 'invalid' },
  expired: { tone: 'wait', text: 'key expired' },
  revoked: { tone: 'bad', text: 'key revoked' },
  'unknown-key': { tone: 'wait', text: 'unknown key' },
  unchecked: { tone: 'none', text: 'not checked' },
};

export interface SignatureChipProps {
  signature: SignatureDto;
}

/** One signature: its kind and whether it holds. The key is shown whole on hover. */
export function SignatureChip({ signature }: SignatureChipProps) {
  const { tone, text } = STATES[signature.state];
  return (
    <Chip tone={tone} hasDot title={signature.key ?? 'The key is not known here'}>
      {signature.type === 'gpg' ? 'GPG' : 'ed25519'} {text}
    </Chip>
  );
}
