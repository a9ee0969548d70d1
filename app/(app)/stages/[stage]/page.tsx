import type { Metadata } from 'next';
import { PageBody } from '@/components/layout/page-body';
import { PageHeader } from '@/components/layout/page-header';
import { stagePath } from '@/components/stages/stage-paths';
import { StageView } from '@/components/stages/stage-view';
import { Problem } from '@/components/ui/problem';
import { Hydrate } from '@/lib/query/hydrate';
import { stageKeys } from '@/lib/query/stages';
import { getStagePage } from '@/lib/services/get-stage-page';
import { load } from '../../load';
import { requireActor } from '../../require-actor';

interface Props {
  params: Promise<{ stage: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).stage };
}

/** One stage: refs, keys, summary, and how clients pull from it. */
export default async function StagePage({ params }: Props) {
  const { stage } = await params;
  const { ctx, actor } = await requireActor(stagePath(stage));
  const { data, problem } = await load(getStagePage(ctx, actor, stage));
  return (
    <>
      <PageHeader crumbs={[{ label: 'Board', href: '/' }, { label: stage }]} />
      <PageBody>
        {data === null ? (
          <>
            <h1 className="mb-3.5 text-xl font-semibold">{stage}</h1>
            <Problem problem={problem} />
          </>
        ) : (
          <Hydrate entries={[[stageKeys.detail(stage), data]]}>
            <StageView name={stage} />
          </Hydrate>
        )}
      </PageBody>
    </>
  );
}
