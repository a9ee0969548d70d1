'use client';

import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import { Problem } from '@/components/ui/problem';
import { Skeleton } from '@/components/ui/skeleton';
import { TabLinks } from '@/components/ui/tab-links';
import { compareOptions } from '@/lib/query/compare';
import { CompareHeading } from './compare-heading';
import { FileDiffCard } from './file-diff-card';
import { FilesCard } from './files-card';
import { PackagesCard } from './packages-card';

/** The page's own URL with some parameters changed; null takes one out. */
function searchWith(search: URLSearchParams, changes: Record<string, string | null>): string {
  const next = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) next.delete(name);
    else next.set(name, value);
  }
  return `/compare?${next.toString().replaceAll('%2F', '/')}`;
}

/** What differs between two commits: files, packages, and the text of one file. */
export function CompareView({ from, to }: { from: string | null; to: string }) {
  const query = useQuery(compareOptions(from, to));
  const search = useSearchParams();
  if (query.data === undefined)
    return query.isError ? (
      <div className="mt-4">
        <Problem error={query.error} retry={() => query.refetch()} />
      </div>
    ) : (
      <Skeleton className="mt-4 h-64" />
    );
  const compare = query.data;
  const file = search.get('file');
  const isPackages = search.get('view') === 'packages' && compare.packages !== null;
  const filesHref = searchWith(search, { view: null });
  const packagesHref = searchWith(search, { view: 'packages', file: null });
  const hrefOf = (path: string) => searchWith(search, { file: path });
  const total = compare.counts.added + compare.counts.removed + compare.counts.modified;
  return (
    <>
      <CompareHeading compare={compare} />
      {compare.packages === null ? null : (
        <TabLinks
          label="What to compare"
          current={isPackages ? packagesHref : filesHref}
          tabs={[
            { href: filesHref, label: 'Files', count: total },
            { href: packagesHref, label: 'Packages', count: compare.packages.length },
          ]}
        />
      )}
      <div className="grid min-w-0 gap-4">
        {isPackages && compare.packages !== null ? (
          <PackagesCard packages={compare.packages} />
        ) : (
          <>
            {file === null ? null : (
              <FileDiffCard
                from={from}
                to={to}
                path={file}
                row={compare.rows.find(({ path }) => path === file)}
                closeHref={searchWith(search, { file: null })}
              />
            )}
            <FilesCard compare={compare} openPath={file} hrefOf={hrefOf} />
          </>
        )}
      </div>
    </>
  );
}
