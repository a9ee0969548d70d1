import { formatSize } from './format-size';

export interface SizeProps {
  /** Decimal string; may be negative where a change is meant. */
  bytes: string;
  /** Shows a plus sign before growth. */
  isChange?: boolean;
}

/** A size in binary units, exact on hover. */
export function Size({ bytes, isChange }: SizeProps) {
  return (
    <span title={`${BigInt(bytes).toLocaleString('en-GB')} bytes`} className="whitespace-nowrap tabular-nums">
      {formatSize(bytes, isChange)}
    </span>
  );
}
