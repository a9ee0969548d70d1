import type { Metadata } from 'next';
import { CommitPicker } from '@/components/compare/commit-picker';
import { CompareView } from '@/components/compare/compare-view';
import { suggestComparisons } from '@/components/compare/suggest-comparisons';
import { SuggestionsCard } from '@/components/compare/suggestions-card';
import { PageBody } from '@/components/layout/page-body';
import { PageHeader } from '@/components/layout/page-header';
import { Problem } from '@/components/ui/problem';
import { boardOptions } from '@/lib/query/board';
import { compareKeys } from '@/lib/query/compare';
import { Hydrate } from '@/lib/query/hydrate';
import { compareCommits } from '@/lib/services/compare-commits';
import { compareFile } from '@/lib/services/compare-file';
import { getBoard } from '@/lib/services/get-board';
import { firstValue, type SearchParams } from '../first-value';
import { load } from '../load';
import { type PageAccess, requireActor } from '../require-actor';

export const metadata: Metadata = { title: 'Compare' };

const SUGGESTIONS_MAX = 20;

/** A search parameter as a checksum; anything else counts as none. */
function checksumOf(value: string | string[] | undefined): string | null {
  const text = firstValue(value);
  return text !== undefined && /^[0-9a-f]{64}$/.test(text) ? text : null;
}

/** The page's own address, to come back to after signing in. */
function ownPath(from: string | null, to: string | null, file: string | undefined): string {
  const search = new URLSearchParams();
  if (from !== null) search.set('from', from);
  if (to !== null) search.set('to', to);
  if (file !== undefined) search.set('file', file);
  return search.size === 0 ? '/compare' : `/compare?${search}`;
}

interface ComparisonProps {
  access: PageAccess;
  from: string | null;
  to: string;
  file: string | undefined;
}

async function Comparison({ access: { ctx, actor }, from, to, file }: ComparisonProps) {
  const [compare, fileDiff] = await Promise.all([
    load(compareCommits(ctx, actor, { from, to })),
    file === undefined ? null : load(compareFile(ctx, actor, { from, to, path: file })),
  ]);
  if (compare.data === null)
    return (
      <div className="mt-4">
        <Problem problem={compare.problem} />
      </div>
    );
  const entries: Array<readonly [readonly unknown[], unknown]> = [[compareKeys.all(from, to), compare.data]];
  // A file that can't be compared says why where it is shown, asked for once more by the browser.
  if (file !== undefined && fileDiff?.data) entries.push([compareKeys.file(from, to, file), fileDiff.data]);
  return (
    <Hydrate entries={entries}>
      <CompareView from={from} to={to} />
    </Hydrate>
  );
}

/** Any two commits, of any stages: files, packages, sizes, modes, text. */
export default async function ComparePage({ searchParams }: { searchParams: SearchParams }) {
  const search = await searchParams;
  const from = checksumOf(search.from);
  const to = checksumOf(search.to);
  const file = firstValue(search.file);
  const access = await requireActor(ownPath(from, to, file));
  const board = await load(getBoard(access.ctx, access.actor));
  return (
    <>
      <PageHeader crumbs={[{ label: 'Compare' }]} />
      <PageBody>
        <h1 className="sr-only">Compare</h1>
        <Hydrate entries={board.data === null ? [] : [[boardOptions.queryKey, board.data]]}>
          <CommitPicker key={`${from} ${to}`} from={from} to={to} />
          {to === null ? (
            <SuggestionsCard
              suggestions={board.data === null ? [] : suggestComparisons(board.data, SUGGESTIONS_MAX)}
            />
          ) : (
            <Comparison access={access} from={from} to={to} file={file} />
          )}
        </Hydrate>
      </PageBody>
    </>
  );
}
