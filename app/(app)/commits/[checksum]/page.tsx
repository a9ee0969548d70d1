import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { CommitCard, MetadataCard, SignaturesCard, StandsOnCard } from '@/components/commits/commit-facts';
import { CommitHeading } from '@/components/commits/commit-heading';
import { FileCard } from '@/components/commits/file-card';
import { TreeCard } from '@/components/commits/tree-card';
import { treePath } from '@/components/commits/tree-path';
import { PageBody } from '@/components/layout/page-body';
import { PageHeader } from '@/components/layout/page-header';
import { stagePath } from '@/components/stages/stage-paths';
import { ButtonLink } from '@/components/ui/button';
import { Problem } from '@/components/ui/problem';
import type { FileDto, TreeDto } from '@/lib/contracts/commit';
import type { ProblemDto } from '@/lib/contracts/scalars';
import { getCommit } from '@/lib/services/get-commit';
import { listCommitTree } from '@/lib/services/list-commit-tree';
import { readCommitFile } from '@/lib/services/read-commit-file';
import { firstValue } from '../../first-value';
import { load } from '../../load';
import { type PageAccess, requireActor } from '../../require-actor';

interface Props {
  params: Promise<{ checksum: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Commit ${(await params).checksum.slice(0, 10)}` };
}

interface Content {
  tree: TreeDto | null;
  file: FileDto | null;
  problem: ProblemDto | null;
}

/** The file that `file` names, or the folder that `path` names; a `path` that is a file is shown as one. */
async function readContent(
  { ctx, actor }: PageAccess,
  checksum: string,
  path: string,
  file: string | undefined,
): Promise<Content> {
  if (file !== undefined) {
    const read = await load(readCommitFile(ctx, actor, { checksum, path: file }));
    return { tree: null, file: read.data, problem: read.problem };
  }
  const tree = await load(listCommitTree(ctx, actor, { checksum, path }));
  // A path that names no folder is listed as itself.
  const isFile = tree.data?.entries.length === 1 && tree.data.entries[0]?.path === tree.data.path;
  if (!isFile) return { tree: tree.data, file: null, problem: tree.problem };
  const read = await load(readCommitFile(ctx, actor, { checksum, path }));
  return { tree: null, file: read.data, problem: read.problem };
}

/** One commit: metadata, bindings, signatures, and its tree to walk. */
export default async function CommitPage({ params, searchParams }: Props) {
  const { checksum } = await params;
  if (!/^[0-9a-f]{64}$/.test(checksum)) notFound();
  const search = await searchParams;
  const stage = firstValue(search.stage);
  const path = firstValue(search.path) ?? '/';
  const file = firstValue(search.file);
  const shown = { checksum, stage };
  const access = await requireActor(treePath(shown, { path, file }));
  const { data: commit, problem } = await load(getCommit(access.ctx, access.actor, { checksum, stage }));
  const header = (
    <PageHeader
      crumbs={[
        { label: 'Board', href: '/' },
        ...(commit === null ? [] : [{ label: commit.stage, href: stagePath(commit.stage) }]),
        { label: <span className="font-mono text-sm">{checksum.slice(0, 10)}</span> },
      ]}
    />
  );
  if (commit === null)
    return (
      <>
        {header}
        <PageBody>
          <h1 className="sr-only">Commit {checksum.slice(0, 10)}</h1>
          <Problem problem={problem} />
        </PageBody>
      </>
    );
  const content = await readContent(access, checksum, path, file);
  return (
    <>
      {header}
      <PageBody>
        <CommitHeading commit={commit} />
        <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_330px]">
          <div className="grid min-w-0 gap-4">
            {content.problem === null ? null : (
              <div className="grid gap-3">
                <Problem problem={content.problem} />
                <div>
                  <ButtonLink href={treePath(shown, { path: '/' })}>To the root folder</ButtonLink>
                </div>
              </div>
            )}
            {content.tree === null ? null : <TreeCard commit={shown} tree={content.tree} />}
            {content.file === null ? null : (
              <FileCard commit={shown} parent={commit.parent} file={content.file} />
            )}
          </div>
          <div className="grid min-w-0 gap-4 md:max-xl:grid-cols-2">
            <CommitCard commit={commit} />
            <SignaturesCard commit={commit} />
            <StandsOnCard commit={commit} />
            <MetadataCard commit={commit} />
          </div>
        </div>
      </PageBody>
    </>
  );
}
