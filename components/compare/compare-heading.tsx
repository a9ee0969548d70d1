import { ArrowLeftRight, ArrowRight } from 'lucide-react';
import Link from 'next/link';
import { commitPath, comparePath } from '@/components/stages/stage-paths';
import { Checksum } from '@/components/ui/checksum';
import { Chip } from '@/components/ui/chip';
import { RelativeTime } from '@/components/ui/relative-time';
import { Size } from '@/components/ui/size';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { CommitRowDto, CompareDto } from '@/lib/contracts/commit';

function Side({ label, commit }: { label: string; commit: CommitRowDto | null }) {
  if (commit === null)
    return (
      <div className="min-w-0">
        <p className="text-xs text-faint">{label}</p>
        <p className="font-semibold text-muted">an empty tree</p>
      </div>
    );
  const heads = commit.standsOn.filter(({ isHead }) => isHead);
  return (
    <div className="min-w-0">
      <p className="text-xs text-faint">{label}</p>
      <p className="flex flex-wrap items-center gap-x-2">
        <b className="min-w-0 font-semibold break-words">
          <UnsafeText text={commit.version ?? (commit.subject || 'no version')} />
        </b>
        <Checksum value={commit.checksum} href={commitPath(commit.checksum)} />
        <span className="text-faint">
          <RelativeTime iso={commit.timestamp} />
        </span>
      </p>
      {heads.length === 0 ? null : (
        <p className="flex flex-wrap gap-x-2 text-sm text-muted">
          {heads.map(({ stage, ref }) => (
            <span key={`${stage} ${ref}`} className="break-words">
              {stage}{' '}
              <span className="font-mono text-xs">
                <UnsafeText text={ref} />
              </span>
            </span>
          ))}
        </p>
      )}
    </div>
  );
}

/** The two commits, and how much lies between them. */
export function CompareHeading({ compare }: { compare: CompareDto }) {
  const { from, to, counts } = compare;
  return (
    <div className="my-4 grid gap-3">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <Side label="From" commit={from} />
        <ArrowRight aria-hidden="true" className="mt-5 size-4 shrink-0 text-faint max-sm:hidden" />
        <Side label="To" commit={to} />
        {from === null ? null : (
          <Link
            href={comparePath(to.checksum, from.checksum)}
            aria-label="Swap the two commits"
            title="Swap"
            className="mt-3.5 grid size-7 place-items-center rounded-md text-faint hover:bg-hover hover:text-text"
          >
            <ArrowLeftRight aria-hidden="true" className="size-3.5" />
          </Link>
        )}
      </div>
      <div className="flex flex-wrap items-center gap-1.5">
        <Chip tone="ok">{counts.added.toLocaleString('en-GB')} added</Chip>
        <Chip tone="bad">{counts.removed.toLocaleString('en-GB')} removed</Chip>
        <Chip tone="run">{counts.modified.toLocaleString('en-GB')} modified</Chip>
        <span className="ml-1 text-muted">
          {compare.sizeChange === '0' ? (
            'no change in size'
          ) : (
            <>
              <Size bytes={compare.sizeChange} isChange /> of file content
            </>
          )}
        </span>
      </div>
    </div>
  );
}
