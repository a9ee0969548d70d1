import type { Metadata } from 'next';
import { PageBody } from '@/components/layout/page-body';
import { PageHeader } from '@/components/layout/page-header';
import { PeopleView } from '@/components/settings/people-view';
import { ReadOnlyNote } from '@/components/settings/read-only-note';
import { SettingsTabs } from '@/components/settings/settings-tabs';
import { Problem } from '@/components/ui/problem';
import { getMe } from '@/lib/services/get-me';
import { listPeople } from '@/lib/services/list-people';
import { listStageNames } from '@/lib/services/list-stage-names';
import { load } from '../../load';
import { requireActor } from '../../require-actor';

export const metadata: Metadata = { title: 'People · Settings' };

export default async function PeopleSettingsPage() {
  const { ctx, actor } = await requireActor('/settings/people');
  const [me, people, stages] = await Promise.all([
    getMe(ctx, actor),
    load(listPeople(ctx, actor)),
    listStageNames(ctx, actor),
  ]);
  const canWrite = me.can.includes('people.write');
  return (
    <>
      <PageHeader crumbs={[{ label: 'Settings' }, { label: 'People' }]} />
      <PageBody>
        <h1 className="sr-only">People</h1>
        <SettingsTabs current="/settings/people" />
        {people.problem !== null ? (
          <Problem problem={people.problem} />
        ) : (
          <div className="grid gap-4">
            {canWrite ? null : <ReadOnlyNote />}
            <PeopleView
              people={people.data}
              stages={stages.map(({ name }) => name)}
              myId={me.id}
              canWrite={canWrite}
            />
          </div>
        )}
      </PageBody>
    </>
  );
}
