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
  /** Set where another signature vouches already: one by an unknown key is then no cause for concern. */
  isQuiet?: boolean;
}

/** One signature: its kind and whether it holds. The key is shown whole on hover. */
export function SignatureChip({ signature, isQuiet }: SignatureChipProps) {
  const { tone, text } = STATES[signature.state];
  const isUnknown = signature.state === 'unknown-key';
  return (
    <Chip
      tone={isQuiet && isUnknown ? 'none' : tone}
      hasDot
      title={signature.key ?? 'The key is not known here'}
    >
      {signature.type === 'gpg' ? 'GPG' : 'ed25519'} {text}
    </Chip>
  );
}
