'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { LiveNotice } from '@/components/layout/live-notice';
import { rollbackHref } from '@/components/promotions/rollback-href';
import { Button, ButtonLink } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Checksum } from '@/components/ui/checksum';
import { Chip } from '@/components/ui/chip';
import { EmptyState } from '@/components/ui/empty-state';
import { Problem } from '@/components/ui/problem';
import { RelativeTime } from '@/components/ui/relative-time';
import { SignatureList } from '@/components/ui/signature-list';
import { Skeleton } from '@/components/ui/skeleton';
import { STACKED } from '@/components/ui/stacked';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { CommitRowDto } from '@/lib/contracts/commit';
import { refCommitsOptions } from '@/lib/query/stages';
import { comparePath, refPath } from './stage-paths';
import { SubjectLink } from './subject-link';

const REFETCH_MS = 15_000;

/** The stages in which a commit is the head of a ref. */
function StandsOn({ commit }: { commit: CommitRowDto }) {
  const heads = commit.standsOn.filter(({ isHead }) => isHead);
  return (
    <span className="flex flex-wrap gap-1">
      {heads.map(({ stage, ref }) => (
        <Link
          key={`${stage} ${ref}`}
          href={refPath(stage, ref)}
          title={`The head of ${ref} in ${stage}`}
          className="rounded-full"
        >
          <Chip tone="ok" hasDot>
            {stage}
          </Chip>
        </Link>
      ))}
    </span>
  );
}

interface CommitRowProps {
  stage: string;
  commit: CommitRowDto;
  /** Where a rollback to it is asked for; null where it can’t be. */
  rollbackHref: string | null;
}

function CommitRow({ stage, commit, rollbackHref }: CommitRowProps) {
  return (
    <Tr className={STACKED.row}>
      <Td className={`font-semibold whitespace-nowrap ${STACKED.cell}`}>
        {commit.version === null ? null : <UnsafeText text={commit.version} />}
      </Td>
      <Td className={STACKED.cell}>
        <Checksum value={commit.checksum} />
      </Td>
      <Td className={`w-2/5 min-w-40 ${STACKED.line}`}>
        <SubjectLink stage={stage} commit={commit} />
      </Td>
      <Td className={STACKED.cell}>
        <SignatureList signatures={commit.signatures} />
      </Td>
      <Td className={STACKED.cell}>
        <StandsOn commit={commit} />
      </Td>
      <Td isNumeric className={`text-muted ${STACKED.cell}`}>
        <RelativeTime iso={commit.timestamp} />
      </Td>
      <Td className={`w-8 pl-0 ${STACKED.line}`}>
        <span className="flex items-center gap-3 sm:justify-end">
          {rollbackHref === null ? null : (
            <ButtonLink
              size="sm"
              href={rollbackHref}
              aria-label={`Roll back to ${commit.version ?? commit.checksum.slice(0, 10)}`}
            >
              Roll back to this
            </ButtonLink>
          )}
          {/* As wide where there is nothing to compare with: the buttons stay in one line. */}
          <span className="sm:w-14 sm:text-right">
            {commit.parent === null ? null : (
              <Link
                href={comparePath(commit.parent, commit.checksum)}
                aria-label={`Changes in ${commit.version ?? commit.checksum.slice(0, 10)}`}
                className="link-inline inline-flex min-h-6 items-center text-sm"
              >
                Changes
              </Link>
            )}
          </span>
        </span>
      </Td>
    </Tr>
  );
}

export interface RefHistoryProps {
  stage: string;
  refName: string;
  /** Whether the reader may ask for a rollback of the ref. */
  canRollBack: boolean;
}

/** A ref's commits, newest first. */
export function RefHistory({ stage, refName, canRollBack }: RefHistoryProps) {
  const query = useInfiniteQuery({ ...refCommitsOptions(stage, refName), refetchInterval: REFETCH_MS });
  if (query.data === undefined)
    return query.isError ? (
      <Problem error={query.error} retry={() => query.refetch()} />
    ) : (
      <Skeleton className="h-64" />
    );
  const commits = query.data.pages.flatMap(({ items }) => items);
  return (
    <>
      <LiveNotice query={query} />
      <Card title="History" isFlush>
        {commits.length === 0 ? (
          <EmptyState title="No commit can be read">
            <p>The ref is there, but its commit is not. Run fsck on the repository.</p>
          </EmptyState>
        ) : (
          <Table label="Commits, newest first" className={STACKED.table}>
            <thead className={STACKED.head}>
              <tr>
                <Th>Version</Th>
                <Th>Commit</Th>
                <Th>Subject</Th>
                <Th>Signatures</Th>
                <Th>Head of</Th>
                <Th isNumeric>Committed</Th>
                <Th>
                  <span className="sr-only">Changes</span>
                </Th>
              </tr>
            </thead>
            <tbody className={STACKED.body}>
              {commits.map((commit, index) => (
                <CommitRow
                  key={commit.checksum}
                  stage={stage}
                  commit={commit}
                  rollbackHref={
                    canRollBack && index > 0
                      ? rollbackHref(stage, [{ ref: refName, to: commit.checksum }])
                      : null
                  }
                />
              ))}
            </tbody>
          </Table>
        )}
        {query.hasNextPage ? (
          <p className="border-t border-line px-3.5 py-2">
            <Button size="sm" isBusy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
              Older commits
            </Button>
          </p>
        ) : null}
      </Card>
    </>
  );
}
