import Link from 'next/link';
import { CopyButton } from './copy-button';

export interface ChecksumProps {
  /** 64 hex digits. */
  value: string;
  href?: string;
  /** Leave the copy button out where the row would be crowded. */
  hasCopy?: boolean;
}

/** A checksum, shortened to ten digits, whole on hover; the button copies it whole. */
export function Checksum({ value, href, hasCopy = true }: ChecksumProps) {
  const short = value.slice(0, 10);
  return (
    <span className="inline-flex items-center gap-0.5 whitespace-nowrap">
      {href === undefined ? (
        <span title={value} className="font-mono text-sm text-muted">
          {short}
        </span>
      ) : (
        <Link
          href={href}
          title={value}
          className="link inline-flex min-h-6 items-center font-mono text-sm text-muted hover:text-text"
        >
          {short}
        </Link>
      )}
      {hasCopy ? <CopyButton text={value} label={`checksum ${short}`} /> : null}
    </span>
  );
}
