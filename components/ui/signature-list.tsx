import type { SignatureDto } from '@/lib/contracts/scalars';
import { Chip } from './chip';
import { SignatureChip } from './signature-chip';

/** All signatures of one thing, those that hold first; says so where there is none. */
export function SignatureList({ signatures }: { signatures: SignatureDto[] }) {
  if (signatures.length === 0) return <Chip tone="none">not signed</Chip>;
  const valid = signatures.filter(({ state }) => state === 'valid');
  const others = signatures.filter(({ state }) => state !== 'valid');
  return (
    <span className="inline-flex flex-wrap gap-1">
      {[...valid, ...others].map((signature, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two signatures may be alike in all but their place.
        <SignatureChip key={index} signature={signature} isQuiet={valid.length > 0} />
      ))}
    </span>
  );
}
