import type { Metadata } from 'next';
import { PageBody } from '@/components/layout/page-body';
import { PageHeader } from '@/components/layout/page-header';
import { NewPromotionForm } from '@/components/promotions/new-promotion-form';
import { Problem } from '@/components/ui/problem';
import { boardOptions } from '@/lib/query/board';
import { Hydrate } from '@/lib/query/hydrate';
import { getBoard } from '@/lib/services/get-board';
import { allValues, firstValue, type SearchParams } from '../../first-value';
import { load } from '../../load';
import { requireActor } from '../../require-actor';

export const metadata: Metadata = { title: 'New promotion' };

export default async function NewPromotionPage({ searchParams }: { searchParams: SearchParams }) {
  const { ctx, actor } = await requireActor('/promotions/new');
  const query = await searchParams;
  const board = await load(getBoard(ctx, actor));
  return (
    <>
      <PageHeader crumbs={[{ label: 'Promotions', href: '/promotions' }, { label: 'New promotion' }]} />
      <PageBody>
        <h1 className="sr-only">New promotion</h1>
        {board.problem !== null ? (
          <Problem problem={board.problem} />
        ) : (
          <Hydrate entries={[[boardOptions.queryKey, board.data]]}>
            <NewPromotionForm edge={firstValue(query.edge) ?? null} refs={allValues(query.ref)} />
          </Hydrate>
        )}
      </PageBody>
    </>
  );
}
