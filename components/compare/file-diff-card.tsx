'use client';

import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { ModeText } from '@/components/commits/mode-text';
import { ShallowLink } from '@/components/layout/shallow-link';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Problem } from '@/components/ui/problem';
import { Size } from '@/components/ui/size';
import { Skeleton } from '@/components/ui/skeleton';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { DiffRowDto } from '@/lib/contracts/commit';
import { compareFileOptions } from '@/lib/query/compare';
import { modeChange } from './summarise-change';
import { TextDiff } from './text-diff';

export interface FileDiffCardProps {
  from: string | null;
  to: string;
  path: string;
  /** The row of the list, where the path is in it. */
  row: DiffRowDto | undefined;
  closeHref: string;
}

function FileDiffBody({ from, to, path }: Pick<FileDiffCardProps, 'from' | 'to' | 'path'>) {
  const query = useQuery(compareFileOptions(from, to, path));
  if (query.isError)
    return (
      <div className="p-3.5">
        <Problem error={query.error} retry={() => query.refetch()} />
      </div>
    );
  if (query.data === undefined)
    return (
      <div aria-busy="true" className="grid gap-2 p-3.5">
        <p role="status" className="sr-only">
          Reading both versions
        </p>
        <Skeleton className="h-3.5 w-2/3" />
        <Skeleton className="h-3.5 w-1/2" />
        <Skeleton className="h-3.5 w-3/5" />
      </div>
    );
  if (query.data.lines === null)
    return (
      <EmptyState title="The content is not shown">
        <p>{query.data.whyNoText}</p>
      </EmptyState>
    );
  if (query.data.lines.length === 0)
    return (
      <EmptyState title="The content is the same">
        <p>Only mode, owner or extended attributes differ.</p>
      </EmptyState>
    );
  return <TextDiff lines={query.data.lines} label={`Changes in ${path}`} />;
}

/** The text of one file on both sides. Opening it brings it into view. */
export function FileDiffCard({ from, to, path, row, closeHref }: FileDiffCardProps) {
  const ref = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each newly opened file is brought into view.
  useEffect(() => {
    ref.current?.scrollIntoView({ block: 'nearest' });
  }, [path]);
  const mode = row === undefined ? null : modeChange(row);
  return (
    <div ref={ref} className="scroll-mt-4">
      <Card
        isFlush
        label={`Changes in ${path}`}
        title={
          <span className="flex flex-wrap items-baseline gap-x-2.5">
            <span className="min-w-0 font-mono text-sm break-all">
              <UnsafeText text={path} />
            </span>
            {row === undefined ? null : (
              <span className="flex flex-wrap items-center gap-x-2 font-normal text-faint">
                {row.change}
                {row.fromSize !== null && row.toSize !== null ? (
                  <span>
                    <Size bytes={row.fromSize} /> → <Size bytes={row.toSize} />
                  </span>
                ) : null}
                {mode === null ? null : (
                  <span className="flex items-center gap-1">
                    <ModeText mode={mode.from} /> → <ModeText mode={mode.to} />
                  </span>
                )}
              </span>
            )}
          </span>
        }
        actions={
          <ShallowLink
            href={closeHref}
            aria-label="Close this file"
            className="grid size-7 place-items-center rounded-md text-muted hover:bg-hover hover:text-text"
          >
            <X aria-hidden="true" className="size-4" />
          </ShallowLink>
        }
      >
        <FileDiffBody from={from} to={to} path={path} />
      </Card>
    </div>
  );
}
