import type { Metadata } from 'next';
import { HistoryView } from '@/components/history/history-view';
import { PageBody } from '@/components/layout/page-body';
import { PageHeader } from '@/components/layout/page-header';
import { Problem } from '@/components/ui/problem';
import { listAuditSchema } from '@/lib/contracts/audit';
import { type AuditFilter, auditOptions } from '@/lib/query/audit';
import { Hydrate } from '@/lib/query/hydrate';
import { getMe } from '@/lib/services/get-me';
import { listAudit } from '@/lib/services/list-audit';
import { listStageNames } from '@/lib/services/list-stage-names';
import { firstValue, type SearchParams } from '../first-value';
import { load } from '../load';
import { requireActor } from '../require-actor';

export const metadata: Metadata = { title: 'History' };

export default async function HistoryPage({ searchParams }: { searchParams: SearchParams }) {
  const { ctx, actor } = await requireActor('/history');
  const filter = parseFilter(await searchParams);
  const [me, stages, first] = await Promise.all([
    getMe(ctx, actor),
    listStageNames(ctx, actor),
    load(listAudit(ctx, actor, filter)),
  ]);
  return (
    <>
      <PageHeader crumbs={[{ label: 'History' }]} />
      <PageBody>
        <h1 className="sr-only">History</h1>
        {first.problem !== null ? (
          <Problem problem={first.problem} />
        ) : (
          <Hydrate entries={[[auditOptions(filter).queryKey, { pages: [first.data], pageParams: [null] }]]}>
            <HistoryView
              filter={filter}
              stages={stages.map((stage) => stage.name)}
              canExport={me.can.includes('audit.export')}
            />
          </Hydrate>
        )}
      </PageBody>
    </>
  );
}

/** The filter of the URL; what makes no sense there is left out. */
function parseFilter(query: Awaited<SearchParams>): AuditFilter {
  const filter: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(listAuditSchema.omit({ cursor: true }).shape)) {
    const parsed = schema.safeParse(firstValue(query[name]));
    if (parsed.success && parsed.data !== undefined) filter[name] = parsed.data;
  }
  return listAuditSchema.omit({ cursor: true }).parse(filter);
}
