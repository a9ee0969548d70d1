import { CornerLeftUp, FileText, Folder, Link2 } from 'lucide-react';
import Link from 'next/link';
import { Card } from '@/components/ui/card';
import { Checksum } from '@/components/ui/checksum';
import { EmptyState } from '@/components/ui/empty-state';
import { Size } from '@/components/ui/size';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { TreeDto, TreeEntryDto } from '@/lib/contracts/commit';
import { ModeText } from './mode-text';
import { PathCrumbs } from './path-crumbs';
import { parentPath, resolveTarget, type TreeCommit, treePath } from './tree-path';

const ICONS = { directory: Folder, file: FileText, symlink: Link2 } as const;
const KINDS = { directory: 'folder', file: 'file', symlink: 'symlink' } as const;

function EntryName({ commit, entry }: { commit: TreeCommit; entry: TreeEntryDto }) {
  const Icon = ICONS[entry.type];
  const target = entry.target === null ? null : resolveTarget(entry.path, entry.target);
  const href =
    entry.type === 'directory'
      ? treePath(commit, { path: entry.path })
      : entry.type === 'file'
        ? treePath(commit, { path: parentPath(entry.path), file: entry.path })
        : null;
  return (
    <span className="flex min-w-0 items-center gap-2">
      <Icon
        aria-hidden="true"
        className={`size-3.5 shrink-0 ${entry.type === 'directory' ? 'text-brand' : 'text-faint'}`}
      />
      <span className="sr-only">{KINDS[entry.type]}</span>
      {href === null ? (
        <span className="font-mono text-sm whitespace-nowrap">
          <UnsafeText text={entry.name} />
        </span>
      ) : (
        <Link href={href} className="link font-mono text-sm whitespace-nowrap">
          <UnsafeText text={entry.name} />
        </Link>
      )}
      {entry.target === null ? null : (
        <span className="font-mono text-sm whitespace-nowrap text-muted">
          →{' '}
          {target === null ? (
            <UnsafeText text={entry.target} />
          ) : (
            <Link href={treePath(commit, { path: target })} className="link">
              <UnsafeText text={entry.target} />
            </Link>
          )}
        </span>
      )}
    </span>
  );
}

/** Folders first, otherwise as the tree has them. */
function inOrder(entries: TreeEntryDto[]): TreeEntryDto[] {
  return [
    ...entries.filter(({ type }) => type === 'directory'),
    ...entries.filter(({ type }) => type !== 'directory'),
  ];
}

/** One folder of a commit's tree. */
export function TreeCard({ commit, tree }: { commit: TreeCommit; tree: TreeDto }) {
  const isRoot = tree.path === '/' || tree.path === '';
  return (
    <Card title={<PathCrumbs commit={commit} path={tree.path} />} isFlush label={`Folder ${tree.path}`}>
      {tree.entries.length === 0 && isRoot ? (
        <EmptyState title="The tree is empty" />
      ) : (
        <Table label={`Contents of ${tree.path}`}>
          <thead>
            <tr>
              <Th>Name</Th>
              <Th isNumeric>Size</Th>
              <Th>Mode</Th>
              <Th isNumeric>Owner</Th>
              <Th>Checksum</Th>
            </tr>
          </thead>
          <tbody>
            {isRoot ? null : (
              <Tr>
                <Td colSpan={5}>
                  <Link
                    href={treePath(commit, { path: parentPath(tree.path) })}
                    className="link flex items-center gap-2 text-muted"
                  >
                    <CornerLeftUp aria-hidden="true" className="size-3.5 text-faint" />
                    up one folder
                  </Link>
                </Td>
              </Tr>
            )}
            {inOrder(tree.entries).map((entry) => (
              <Tr key={entry.path}>
                <Td>
                  <EntryName commit={commit} entry={entry} />
                </Td>
                <Td isNumeric className="text-muted">
                  {entry.size === null || entry.type !== 'file' ? null : <Size bytes={entry.size} />}
                </Td>
                <Td>
                  <ModeText mode={entry.mode} />
                </Td>
                <Td isNumeric className="text-muted">
                  {entry.uid}:{entry.gid}
                </Td>
                <Td>
                  <Checksum value={entry.checksum} />
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
      {tree.isTruncated ? (
        <p className="border-t border-line px-3.5 py-2 text-muted">
          This folder holds more than is shown here. <code className="text-sm">treeline repo ls</code> lists
          all of it.
        </p>
      ) : null}
    </Card>
  );
}
