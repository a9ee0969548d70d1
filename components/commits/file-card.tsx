import Link from 'next/link';
import { Fragment } from 'react';
import { comparePath } from '@/components/stages/stage-paths';
import { ButtonLink } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Checksum } from '@/components/ui/checksum';
import { CopyButton } from '@/components/ui/copy-button';
import { EmptyState } from '@/components/ui/empty-state';
import { ScrollX } from '@/components/ui/scroll-x';
import { Size } from '@/components/ui/size';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { FileDto } from '@/lib/contracts/commit';
import { ModeText } from './mode-text';
import { PathCrumbs } from './path-crumbs';
import { parentPath, resolveTarget, type TreeCommit, treePath } from './tree-path';

const TAB = '\t';

/** Text with line numbers; the numbers are not selected with it. */
function NumberedText({ text, label }: { text: string; label: string }) {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return (
    <ScrollX label={label} className="rounded-b-lg py-1.5">
      <div className="grid w-max min-w-full grid-cols-[auto_1fr] font-mono text-sm leading-[1.6]">
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one file never move.
          <Fragment key={index}>
            <span aria-hidden="true" className="px-3.5 text-right text-faint select-none">
              {index + 1}
            </span>
            <span className="pr-3.5 whitespace-pre [tab-size:4]">
              <UnsafeText text={line} keep={TAB} />
              {'\n'}
            </span>
          </Fragment>
        ))}
      </div>
    </ScrollX>
  );
}

/** Where a symlink leads. */
function SymlinkTarget({ commit, path, target }: { commit: TreeCommit; path: string; target: string }) {
  const resolved = resolveTarget(path, target);
  return (
    <EmptyState title="This is a symlink">
      <p>
        It leads to{' '}
        {resolved === null ? (
          <UnsafeText text={target} />
        ) : (
          <Link href={treePath(commit, { path: resolved })} className="link-inline font-mono text-sm">
            <UnsafeText text={target} />
          </Link>
        )}
      </p>
    </EmptyState>
  );
}

export interface FileCardProps {
  commit: TreeCommit;
  parent: string | null;
  file: FileDto;
}

/** One file of a commit: what it is, and its text if it has one. */
export function FileCard({ commit, parent, file }: FileCardProps) {
  const { entry } = file;
  return (
    <Card
      label={`File ${file.path}`}
      title={<PathCrumbs commit={commit} path={file.path} />}
      isFlush
      actions={
        <>
          {parent === null ? null : (
            <ButtonLink
              size="sm"
              href={`${comparePath(parent, commit.checksum)}&file=${encodeURIComponent(file.path)}`}
            >
              Compare with parent
            </ButtonLink>
          )}
          <ButtonLink size="sm" variant="ghost" href={treePath(commit, { path: parentPath(file.path) })}>
            Close
          </ButtonLink>
        </>
      }
    >
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-3.5 py-2 text-muted">
        {entry.size === null ? null : <Size bytes={entry.size} />}
        <ModeText mode={entry.mode} />
        <span className="tabular-nums">
          {entry.uid}:{entry.gid}
        </span>
        <Checksum value={entry.checksum} />
        {file.text === null || entry.type === 'symlink' ? null : (
          <span className="ml-auto">
            <CopyButton text={file.text} label="the whole file" />
          </span>
        )}
      </div>
      {entry.type === 'symlink' ? (
        <SymlinkTarget commit={commit} path={file.path} target={entry.target ?? ''} />
      ) : file.text === null ? (
        <EmptyState title="The content is not shown">
          <p>{file.whyNoText}</p>
        </EmptyState>
      ) : file.text === '' ? (
        <EmptyState title="The file is empty" />
      ) : (
        <NumberedText text={file.text} label={`Text of ${file.path}`} />
      )}
    </Card>
  );
}
