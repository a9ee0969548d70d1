import type { Metadata } from 'next';
import { BoardView } from '@/components/board/board-view';
import { PageBody } from '@/components/layout/page-body';
import { PageHeader } from '@/components/layout/page-header';
import { Problem } from '@/components/ui/problem';
import { boardOptions } from '@/lib/query/board';
import { Hydrate } from '@/lib/query/hydrate';
import { getBoard } from '@/lib/services/get-board';
import { load } from './load';
import { requireActor } from './require-actor';

export const metadata: Metadata = { title: 'Board' };

/** What is where, what is ahead, what waits for whom. */
export default async function BoardPage() {
  const { ctx, actor } = await requireActor('/');
  const { data, problem } = await load(getBoard(ctx, actor));
  return (
    <>
      <PageHeader crumbs={[{ label: 'Board' }]} />
      <PageBody>
        <h1 className="sr-only">Board</h1>
        {data === null ? (
          <Problem problem={problem} />
        ) : (
          <Hydrate entries={[[boardOptions.queryKey, data]]}>
            <BoardView />
          </Hydrate>
        )}
      </PageBody>
    </>
  );
}
