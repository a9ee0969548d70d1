import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { PageBody } from '@/components/layout/page-body';
import { PageHeader } from '@/components/layout/page-header';
import { RemovalForm } from '@/components/promotions/removal-form';
import { removalHref } from '@/components/promotions/removal-href';
import { stagePath } from '@/components/stages/stage-paths';
import { Problem } from '@/components/ui/problem';
import { stageNameSchema } from '@/lib/contracts/scalars';
import { Hydrate } from '@/lib/query/hydrate';
import { stageKeys } from '@/lib/query/stages';
import { getStagePage } from '@/lib/services/get-stage-page';
import { allValues, firstValue, type SearchParams } from '../../first-value';
import { load } from '../../load';
import { requireActor } from '../../require-actor';

export const metadata: Metadata = { title: 'Remove refs' };

/** Refs that are to leave a stage, and whom that strands. */
export default async function RemovalPage({ searchParams }: { searchParams: SearchParams }) {
  const query = await searchParams;
  const stage = stageNameSchema.safeParse(firstValue(query.stage));
  const refs = [...new Set(allValues(query.ref))];
  const edge = firstValue(query.edge) ?? null;
  if (!stage.success || refs.length === 0) notFound();
  const { ctx, actor } = await requireActor(removalHref(stage.data, refs, edge));
  const page = await load(getStagePage(ctx, actor, stage.data));
  return (
    <>
      <PageHeader
        crumbs={[
          { label: 'Board', href: '/' },
          { label: stage.data, href: stagePath(stage.data) },
          { label: 'Remove refs' },
        ]}
      />
      <PageBody>
        <h1 className="mb-3.5 text-xl font-semibold">Remove from {stage.data}</h1>
        {page.problem !== null ? (
          <Problem problem={page.problem} />
        ) : (
          <Hydrate entries={[[stageKeys.detail(stage.data), page.data]]}>
            <RemovalForm stage={stage.data} refs={refs} edge={edge} />
          </Hydrate>
        )}
      </PageBody>
    </>
  );
}
