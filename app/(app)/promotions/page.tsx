import type { Metadata } from 'next';
import { PageBody } from '@/components/layout/page-body';
import { PageHeader } from '@/components/layout/page-header';
import { PromotionsFilter } from '@/components/promotions/promotions-filter';
import { PromotionsList } from '@/components/promotions/promotions-list';
import { ButtonLink } from '@/components/ui/button';
import { Problem } from '@/components/ui/problem';
import { type ListPromotionsInput, promotionStateSchema } from '@/lib/contracts/promotion';
import { stageNameSchema } from '@/lib/contracts/scalars';
import { Hydrate } from '@/lib/query/hydrate';
import { promotionListOptions } from '@/lib/query/promotions';
import { getMe } from '@/lib/services/get-me';
import { listPromotions } from '@/lib/services/list-promotions';
import { listStageNames } from '@/lib/services/list-stage-names';
import { firstValue, type SearchParams } from '../first-value';
import { load } from '../load';
import { requireActor } from '../require-actor';

export const metadata: Metadata = { title: 'Promotions' };

export default async function PromotionsPage({ searchParams }: { searchParams: SearchParams }) {
  const { ctx, actor } = await requireActor('/promotions');
  const filter = parseFilter(await searchParams);
  const [me, stages, first] = await Promise.all([
    getMe(ctx, actor),
    listStageNames(ctx, actor),
    load(listPromotions(ctx, actor, filter)),
  ]);
  const canRequest = me.can.includes('promotion.request');
  return (
    <>
      <PageHeader
        crumbs={[{ label: 'Promotions' }]}
        actions={
          canRequest ? (
            <ButtonLink variant="primary" href="/promotions/new">
              New promotion
            </ButtonLink>
          ) : null
        }
      />
      <PageBody>
        <h1 className="sr-only">Promotions</h1>
        <PromotionsFilter filter={filter} stages={stages.map((stage) => stage.name)} />
        {first.problem !== null ? (
          <Problem problem={first.problem} />
        ) : (
          <Hydrate
            entries={[[promotionListOptions(filter).queryKey, { pages: [first.data], pageParams: [null] }]]}
          >
            <PromotionsList filter={filter} canRequest={canRequest} />
          </Hydrate>
        )}
      </PageBody>
    </>
  );
}

/** The filter of the URL; what makes no sense there is left out. */
function parseFilter(query: Awaited<SearchParams>): Omit<ListPromotionsInput, 'cursor'> {
  const state = promotionStateSchema.safeParse(firstValue(query.state));
  const stage = stageNameSchema.safeParse(firstValue(query.stage));
  return {
    ...(state.success && { state: state.data }),
    ...(stage.success && { stage: stage.data }),
  };
}
