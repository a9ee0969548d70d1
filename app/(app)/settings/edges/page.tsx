import type { Metadata } from 'next';
import { PageBody } from '@/components/layout/page-body';
import { PageHeader } from '@/components/layout/page-header';
import { EdgesView } from '@/components/settings/edges-view';
import { ReadOnlyNote } from '@/components/settings/read-only-note';
import { SettingsTabs } from '@/components/settings/settings-tabs';
import { Problem } from '@/components/ui/problem';
import { getMe } from '@/lib/services/get-me';
import { listEdges } from '@/lib/services/list-edges';
import { listGroups } from '@/lib/services/list-groups';
import { listStageNames } from '@/lib/services/list-stage-names';
import { load } from '../../load';
import { requireActor } from '../../require-actor';

export const metadata: Metadata = { title: 'Edges · Settings' };

export default async function EdgesSettingsPage() {
  const { ctx, actor } = await requireActor('/settings/edges');
  const [me, stages, groups, edges] = await Promise.all([
    getMe(ctx, actor),
    listStageNames(ctx, actor),
    load(listGroups(ctx, actor)),
    load(listEdges(ctx, actor)),
  ]);
  const canWrite = me.can.includes('settings.write');
  return (
    <>
      <PageHeader crumbs={[{ label: 'Settings' }, { label: 'Edges' }]} />
      <PageBody>
        <h1 className="sr-only">Edges</h1>
        <SettingsTabs current="/settings/edges" />
        {edges.problem !== null ? (
          <Problem problem={edges.problem} />
        ) : (
          <div className="grid gap-4">
            {canWrite ? null : <ReadOnlyNote />}
            <EdgesView
              edges={edges.data}
              stages={stages.map((stage) => stage.name)}
              groups={(groups.data ?? []).map((group) => group.name)}
              canWrite={canWrite}
            />
          </div>
        )}
      </PageBody>
    </>
  );
}
