import type { Metadata } from 'next';
import { PageBody } from '@/components/layout/page-body';
import { PageHeader } from '@/components/layout/page-header';
import { RefView } from '@/components/stages/ref-view';
import { refPath, stagePath } from '@/components/stages/stage-paths';
import { Problem } from '@/components/ui/problem';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { Actor } from '@/lib/auth/actor';
import { Hydrate } from '@/lib/query/hydrate';
import { BESIDE_FIRST, stageKeys } from '@/lib/query/stages';
import { getStagePage } from '@/lib/services/get-stage-page';
import { listFormerCommits } from '@/lib/services/list-former-commits';
import { listRefCommits } from '@/lib/services/list-ref-commits';
import type { ServiceContext } from '@/lib/services/service-context';
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

async function look(ctx: ServiceContext, actor: Actor, { stage, ref }: { stage: string; ref: string }) {
  const [commits, former, page] = await Promise.all([
    listRefCommits(ctx, actor, { stage, ref }),
    listFormerCommits(ctx, actor, { stage, ref, isAncestor: 'false', limit: BESIDE_FIRST }),
    getStagePage(ctx, actor, stage),
  ]);
  return { commits, former, page };
}

/** A ref's history: version, subject, date, signatures, and where else each commit stands. */
export default async function RefPage({ params }: Props) {
  const { stage, ref } = await names(params);
  const { ctx, actor } = await requireActor(refPath(stage, ref));
  const { data, problem } = await load(look(ctx, actor, { stage, ref }));
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
        {data === null ? (
          <>
            <h1 className="mb-3.5 font-mono text-lg font-semibold break-all">
              <UnsafeText text={ref} />
            </h1>
            <Problem problem={problem} />
          </>
        ) : (
          <Hydrate
            entries={[
              [stageKeys.commits(stage, ref), { pages: [data.commits], pageParams: [null] }],
              [stageKeys.beside(stage, ref, BESIDE_FIRST), data.former],
              [stageKeys.detail(stage), data.page],
            ]}
          >
            <RefView stage={stage} refName={ref} />
          </Hydrate>
        )}
      </PageBody>
    </>
  );
}
