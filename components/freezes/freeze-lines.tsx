import Link from 'next/link';
import { LocalTime } from '@/components/ui/local-time';
import { RelativeTime } from '@/components/ui/relative-time';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { ComingFreezeDto, FreezeStateDto } from '@/lib/contracts/freeze';

export interface FreezeLinesProps {
  freeze: FreezeStateDto | null;
  nextFreeze: ComingFreezeDto | null;
  className: string;
}

/** Which windows stop what would come into a stage, until when and why; and which comes next. Nothing where none does. */
export function FreezeLines({ freeze, nextFreeze, className }: FreezeLinesProps) {
  return (
    <>
      {freeze === null ? null : <Frozen freeze={freeze} className={`bg-wait-soft ${className}`} />}
      {nextFreeze === null ? null : (
        <p
          title={`${nextFreeze.name}: ${nextFreeze.reason}`}
          className={`text-muted break-words ${className}`}
        >
          {freeze === null ? 'Freezes' : 'Freezes again'} <RelativeTime iso={nextFreeze.from} /> by{' '}
          <Link href="/freezes" className="link-inline">
            <UnsafeText text={nextFreeze.name} />
          </Link>
          , until <LocalTime iso={nextFreeze.to} />
        </p>
      )}
    </>
  );
}

function Frozen({ freeze, className }: { freeze: FreezeStateDto; className: string }) {
  const reasons = freeze.windows.map(({ name, reason }) => `${name}: ${reason}`).join('\n');
  return (
    <p role="status" title={reasons} className={`break-words ${className}`}>
      <b className="font-semibold text-wait">Frozen</b>{' '}
      {freeze.until === null ? (
        'with no end in sight'
      ) : (
        <>
          until <LocalTime iso={freeze.until} />
        </>
      )}{' '}
      by{' '}
      <Link href="/freezes" className="link-inline">
        <UnsafeText text={freeze.names} />
      </Link>
    </p>
  );
}
