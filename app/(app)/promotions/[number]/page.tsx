import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { PageBody } from '@/components/layout/page-body';
import { PageHeader } from '@/components/layout/page-header';
import { parsePromotionTab } from '@/components/promotions/promotion-tabs';
import { PromotionView } from '@/components/promotions/promotion-view';
import { Problem } from '@/components/ui/problem';
import { Hydrate } from '@/lib/query/hydrate';
import { promotionKeys } from '@/lib/query/promotions';
import { getPromotion } from '@/lib/services/get-promotion';
import { firstValue, type SearchParams } from '../../first-value';
import { load } from '../../load';
import { requireActor } from '../../require-actor';

interface PromotionPageProps {
  params: Promise<{ number: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PromotionPageProps): Promise<Metadata> {
  return { title: `Promotion #${parseNumber((await params).number)}` };
}

export default async function PromotionPage({ params, searchParams }: PromotionPageProps) {
  const number = parseNumber((await params).number);
  const { ctx, actor } = await requireActor(`/promotions/${number}`);
  const tab = parsePromotionTab(firstValue((await searchParams).tab));
  const promotion = await load(getPromotion(ctx, actor, number));
  return (
    <>
      <PageHeader crumbs={[{ label: 'Promotions', href: '/promotions' }, { label: `#${number}` }]} />
      <PageBody>
        {promotion.problem !== null ? (
          <Problem problem={promotion.problem} />
        ) : (
          <Hydrate entries={[[promotionKeys.detail(number), promotion.data]]}>
            <PromotionView key={number} initial={promotion.data} tab={tab} />
          </Hydrate>
        )}
      </PageBody>
    </>
  );
}

/** A promotion's number as the URL has it: digits without a leading zero. */
function parseNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) notFound();
  return Number(text);
}
