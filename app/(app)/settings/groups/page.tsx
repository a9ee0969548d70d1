import type { Metadata } from 'next';
import { PageBody } from '@/components/layout/page-body';
import { PageHeader } from '@/components/layout/page-header';
import { GroupsView } from '@/components/settings/groups-view';
import { ReadOnlyNote } from '@/components/settings/read-only-note';
import { SettingsTabs } from '@/components/settings/settings-tabs';
import { Problem } from '@/components/ui/problem';
import { getMe } from '@/lib/services/get-me';
import { listGroups } from '@/lib/services/list-groups';
import { listPeople } from '@/lib/services/list-people';
import { load } from '../../load';
import { requireActor } from '../../require-actor';

export const metadata: Metadata = { title: 'Groups · Settings' };

export default async function GroupsSettingsPage() {
  const { ctx, actor } = await requireActor('/settings/groups');
  const [me, groups, people] = await Promise.all([
    getMe(ctx, actor),
    load(listGroups(ctx, actor)),
    load(listPeople(ctx, actor)),
  ]);
  const canWrite = me.can.includes('settings.write');
  return (
    <>
      <PageHeader crumbs={[{ label: 'Settings' }, { label: 'Groups' }]} />
      <PageBody>
        <h1 className="sr-only">Groups</h1>
        <SettingsTabs current="/settings/groups" />
        {groups.problem !== null || people.problem !== null ? (
          <Problem problem={groups.problem ?? people.problem} />
        ) : (
          <div className="grid gap-4">
            {canWrite ? null : <ReadOnlyNote />}
            <GroupsView groups={groups.data} people={people.data} canWrite={canWrite} />
          </div>
        )}
      </PageBody>
    </>
  );
}
