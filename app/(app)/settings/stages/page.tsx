import type { Metadata } from 'next';
import { PageBody } from '@/components/layout/page-body';
import { PageHeader } from '@/components/layout/page-header';
import { AddStageForm } from '@/components/settings/add-stage-form';
import { ReadOnlyNote } from '@/components/settings/read-only-note';
import { SettingsTabs } from '@/components/settings/settings-tabs';
import { StagesTable } from '@/components/settings/stages-table';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Problem } from '@/components/ui/problem';
import { getMe } from '@/lib/services/get-me';
import { listStages } from '@/lib/services/list-stages';
import { load } from '../../load';
import { requireActor } from '../../require-actor';

export const metadata: Metadata = { title: 'Stages · Settings' };

export default async function StagesSettingsPage() {
  const { ctx, actor } = await requireActor('/settings/stages');
  const [me, stages] = await Promise.all([getMe(ctx, actor), load(listStages(ctx, actor))]);
  const canWrite = me.can.includes('settings.write');
  return (
    <>
      <PageHeader crumbs={[{ label: 'Settings' }, { label: 'Stages' }]} />
      <PageBody>
        <h1 className="sr-only">Stages</h1>
        <SettingsTabs current="/settings/stages" />
        {stages.problem !== null ? (
          <Problem problem={stages.problem} />
        ) : (
          <div className="grid gap-4">
            {canWrite ? null : <ReadOnlyNote />}
            <Card title="Stages" isFlush>
              {stages.data.length === 0 ? (
                <EmptyState title="No stage yet">
                  A stage is an OSTree repository with a place in the pipeline: dev, staging, production.
                </EmptyState>
              ) : (
                <StagesTable stages={stages.data} />
              )}
            </Card>
            {canWrite ? (
              <AddStageForm nextPosition={Math.max(-1, ...stages.data.map((stage) => stage.position)) + 1} />
            ) : null}
          </div>
        )}
      </PageBody>
    </>
  );
}
