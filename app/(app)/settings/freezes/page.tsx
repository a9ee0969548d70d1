import type { Metadata } from 'next';
import { PageBody } from '@/components/layout/page-body';
import { PageHeader } from '@/components/layout/page-header';
import { FreezesView } from '@/components/settings/freezes-view';
import { ReadOnlyNote } from '@/components/settings/read-only-note';
import { SettingsTabs } from '@/components/settings/settings-tabs';
import { Problem } from '@/components/ui/problem';
import { getMe } from '@/lib/services/get-me';
import { listFreezes } from '@/lib/services/list-freezes';
import { listStageNames } from '@/lib/services/list-stage-names';
import { load } from '../../load';
import { requireActor } from '../../require-actor';

export const metadata: Metadata = { title: 'Freeze windows · Settings' };

export default async function FreezesSettingsPage() {
  const { ctx, actor } = await requireActor('/settings/freezes');
  const [me, freezes, stages] = await Promise.all([
    getMe(ctx, actor),
    load(listFreezes(ctx, actor)),
    load(listStageNames(ctx, actor)),
  ]);
  const canWrite = me.can.includes('settings.write');
  return (
    <>
      <PageHeader crumbs={[{ label: 'Settings' }, { label: 'Freeze windows' }]} />
      <PageBody>
        <h1 className="sr-only">Freeze windows</h1>
        <SettingsTabs current="/settings/freezes" />
        {freezes.problem !== null || stages.problem !== null ? (
          <Problem problem={freezes.problem ?? stages.problem} />
        ) : (
          <div className="grid gap-4">
            {canWrite ? null : <ReadOnlyNote />}
            <FreezesView
              freezes={freezes.data}
              stages={stages.data.map((stage) => stage.name)}
              canWrite={canWrite}
            />
          </div>
        )}
      </PageBody>
    </>
  );
}
