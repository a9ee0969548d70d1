import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { PageBody } from '@/components/layout/page-body';
import { PageHeader } from '@/components/layout/page-header';
import { RollbackForm } from '@/components/promotions/rollback-form';
import { readRollbackRefs, rollbackHref } from '@/components/promotions/rollback-href';
import { stagePath } from '@/components/stages/stage-paths';
import { Problem } from '@/components/ui/problem';
import { stageNameSchema } from '@/lib/contracts/scalars';
import { Hydrate } from '@/lib/query/hydrate';
import { stageKeys } from '@/lib/query/stages';
import { getStagePage } from '@/lib/services/get-stage-page';
import { allValues, firstValue, type SearchParams } from '../../first-value';
import { load } from '../../load';
import { requireActor } from '../../require-actor';

export const metadata: Metadata = { title: 'Roll back' };

/** Refs of a stage, what they go back to and in which way. */
export default async function RollbackPage({ searchParams }: { searchParams: SearchParams }) {
  const query = await searchParams;
  const stage = stageNameSchema.safeParse(firstValue(query.stage));
  const refs = readRollbackRefs(allValues(query.ref), allValues(query.to));
  const kind = firstValue(query.kind) === 'reset' ? 'reset' : 'roll-forward';
  const edge = firstValue(query.edge) ?? null;
  if (!stage.success || refs.length === 0) notFound();
  const { ctx, actor } = await requireActor(rollbackHref(stage.data, refs, { kind, edge }));
  const page = await load(getStagePage(ctx, actor, stage.data));
  return (
    <>
      <PageHeader
        crumbs={[
          { label: 'Board', href: '/' },
          { label: stage.data, href: stagePath(stage.data) },
          { label: 'Roll back' },
        ]}
      />
      <PageBody>
        <h1 className="mb-3.5 text-xl font-semibold">Roll back in {stage.data}</h1>
        {page.problem !== null ? (
          <Problem problem={page.problem} />
        ) : (
          <Hydrate entries={[[stageKeys.detail(stage.data), page.data]]}>
            <RollbackForm stage={stage.data} refs={refs} kind={kind} edge={edge} />
          </Hydrate>
        )}
      </PageBody>
    </>
  );
}
