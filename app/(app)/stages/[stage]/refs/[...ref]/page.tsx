import type { Metadata } from 'next';
import { PageBody } from '@/components/layout/page-body';
import { PageHeader } from '@/components/layout/page-header';
import { RefHistory } from '@/components/stages/ref-history';
import { refPath, stagePath } from '@/components/stages/stage-paths';
import { CopyButton } from '@/components/ui/copy-button';
import { Problem } from '@/components/ui/problem';
import { UnsafeText } from '@/components/ui/unsafe-text';
import { Hydrate } from '@/lib/query/hydrate';
import { stageKeys } from '@/lib/query/stages';
import { listRefCommits } from '@/lib/services/list-ref-commits';
import { decodeSegment } from '../../../../decode-segment';
import { load } from '../../../../load';
import { requireActor } from '../../../../require-actor';

interface Props {
  params: Promise<{ stage: string; ref: string[] }>;
}

async function names(params: Props['params']): Promise<{ stage: string; ref: string }> {
  const { stage, ref } = await params;
  return { stage, ref: ref.map(decodeSegment).join('/') };
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { stage, ref } = await names(params);
  return { title: `${ref} in ${stage}` };
}

/** A ref's history: version, subject, date, signatures, and where else each commit stands. */
export default async function RefPage({ params }: Props) {
  const { stage, ref } = await names(params);
  const { ctx, actor } = await requireActor(refPath(stage, ref));
  const { data, problem } = await load(listRefCommits(ctx, actor, { stage, ref }));
  return (
    <>
      <PageHeader
        crumbs={[
          { label: 'Board', href: '/' },
          { label: stage, href: stagePath(stage) },
          {
            label: (
              <span className="font-mono text-sm">
                <UnsafeText text={ref} />
              </span>
            ),
          },
        ]}
      />
      <PageBody>
        <div className="mb-3.5 flex items-center gap-1">
          <h1 className="min-w-0 font-mono text-lg font-semibold break-words">
            <UnsafeText text={ref} />
          </h1>
          <CopyButton text={ref} label={`ref ${ref}`} />
        </div>
        {data === null ? (
          <Problem problem={problem} />
        ) : (
          <Hydrate entries={[[stageKeys.commits(stage, ref), { pages: [data], pageParams: [null] }]]}>
            <RefHistory stage={stage} refName={ref} />
          </Hydrate>
        )}
      </PageBody>
    </>
  );
}
