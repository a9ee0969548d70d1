'use client';

import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { EmptyState } from '@/components/ui/empty-state';
import { Problem } from '@/components/ui/problem';
import { Skeleton } from '@/components/ui/skeleton';
import { Table, Td, Th } from '@/components/ui/table';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { PackageRowDto } from '@/lib/contracts/commit';
import { type PackageGroup, packageGroups, packageKind, summarisePackages } from './package-groups';
import type { RefComparison } from './use-plan-comparisons';

/** As many packages as a digest names. */
const DIGEST_ROWS = 8;

export interface PackagesTabProps {
  comparisons: readonly RefComparison[];
  /**
   * Set for a digest: where all packages are listed. It shows the first few only, and nothing at all
   * where the trees hold no package list.
   */
  allHref?: string;
}

/** Which Debian packages change. Refs whose packages change alike share a table. */
export function PackagesTab({ comparisons, allHref }: PackagesTabProps) {
  const isDigest = allHref !== undefined;
  const groups = packageGroups(comparisons);
  const errors = comparisons.filter((comparison) => comparison.error !== null);
  const isPending = comparisons.some(({ data, error }) => data === undefined && error === null);
  if (isDigest && !isPending && groups.every((group) => group.rows === null)) return null;
  return (
    <>
      {isDigest
        ? null
        : errors.map((comparison) => (
            <Problem key={comparison.targetRef} error={comparison.error} retry={comparison.retry} />
          ))}
      {isPending && errors.length === 0 ? <Pending /> : null}
      {groups.map((group) => (
        <PackagesCard
          key={group.refs[0]}
          group={group}
          isAlone={groups.length === 1 && !isPending}
          allHref={allHref}
        />
      ))}
    </>
  );
}

function Pending() {
  return (
    <Card title="Packages">
      <div role="status" className="grid gap-3">
        <span className="sr-only">Comparing</span>
        <Skeleton />
        <Skeleton className="h-4 w-2/3" />
      </div>
    </Card>
  );
}

interface PackagesCardProps {
  group: PackageGroup;
  isAlone: boolean;
  allHref: string | undefined;
}

function PackagesCard({ group, isAlone, allHref }: PackagesCardProps) {
  const rows = group.rows ?? [];
  const shown = allHref === undefined ? rows : rows.slice(0, DIGEST_ROWS);
  return (
    <Card
      isFlush
      title={
        <>
          Packages{' '}
          <span className="font-normal text-faint">
            {isAlone ? '' : `${group.refs.join(', ')}: `}
            {group.rows === null ? '' : summarisePackages(rows)}
          </span>
        </>
      }
    >
      {group.rows === null ? (
        <EmptyState title="No package list">
          Neither tree has a dpkg status file, so packages can’t be told. The changes show the files.
        </EmptyState>
      ) : rows.length === 0 ? (
        <EmptyState title="No package changes" />
      ) : (
        <Table label="Packages that change">
          <thead className="sr-only">
            <tr>
              <Th>Package</Th>
              <Th>Version</Th>
              <Th>Change</Th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <PackageRow key={row.name} row={row} />
            ))}
          </tbody>
        </Table>
      )}
      {allHref === undefined || shown.length === rows.length ? null : (
        <p className="border-t border-line px-3.5 py-2">
          <Link href={allHref} scroll={false} className="link-inline">
            All {rows.length} packages
          </Link>
        </p>
      )}
    </Card>
  );
}

const KINDS = {
  added: { tone: 'run', text: 'added' },
  removed: { tone: 'wait', text: 'removed' },
  changed: { tone: 'none', text: 'changed' },
} as const;

function PackageRow({ row }: { row: PackageRowDto }) {
  const { tone, text } = KINDS[packageKind(row)];
  return (
    <tr>
      <Td>
        <b className="font-semibold">
          <UnsafeText text={row.name} />
        </b>
      </Td>
      <Td className="font-mono text-sm text-muted">
        <span className="inline-flex flex-wrap items-center gap-1.5">
          {row.fromVersion === null ? 'none' : <UnsafeText text={row.fromVersion} />}
          <ArrowRight aria-label="to" className="size-3" />
          {row.toVersion === null ? 'none' : <UnsafeText text={row.toVersion} />}
        </span>
      </Td>
      <Td className="text-right">
        <Chip tone={tone}>{text}</Chip>
      </Td>
    </tr>
  );
}
