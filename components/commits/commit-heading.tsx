import { GitCompareArrows } from 'lucide-react';
import { comparePath } from '@/components/stages/stage-paths';
import { ButtonLink } from '@/components/ui/button';
import { Chip } from '@/components/ui/chip';
import { SignatureList } from '@/components/ui/signature-list';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { CommitDto } from '@/lib/contracts/commit';

/** A message may have lines and tabs of its own. */
const LINES = '\n\t';

/** The commit's name and message on top of its page. */
export function CommitHeading({ commit }: { commit: CommitDto }) {
  const name = commit.version ?? (commit.subject === '' ? commit.checksum.slice(0, 10) : commit.subject);
  return (
    <div className="mb-3.5 grid gap-2">
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-2">
        <h1 className="min-w-0 text-xl font-semibold break-words">
          <UnsafeText text={name} />{' '}
          {commit.version !== null && commit.subject !== '' && commit.subject !== commit.version ? (
            <span className="font-normal text-muted">
              <UnsafeText text={commit.subject} />
            </span>
          ) : null}
        </h1>
        {commit.isPartial ? (
          <Chip tone="bad" hasDot title="Not all of its objects are here">
            partial
          </Chip>
        ) : null}
        <SignatureList signatures={commit.signatures} />
        <span className="flex-1" />
        {commit.parent === null ? null : (
          <ButtonLink href={comparePath(commit.parent, commit.checksum)}>
            <GitCompareArrows aria-hidden="true" className="size-3.5" />
            Compare with parent
          </ButtonLink>
        )}
      </div>
      {commit.body.trim() === '' ? null : (
        <p className="max-w-[90ch] whitespace-pre-wrap break-words text-muted">
          <UnsafeText text={commit.body.trim()} keep={LINES} />
        </p>
      )}
    </div>
  );
}
