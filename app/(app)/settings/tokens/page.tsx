import type { Metadata } from 'next';
import { PageBody } from '@/components/layout/page-body';
import { PageHeader } from '@/components/layout/page-header';
import { ReadOnlyNote } from '@/components/settings/read-only-note';
import { SettingsTabs } from '@/components/settings/settings-tabs';
import { TokensView } from '@/components/settings/tokens-view';
import { Problem } from '@/components/ui/problem';
import { getMe } from '@/lib/services/get-me';
import { listPeople } from '@/lib/services/list-people';
import { listServiceAccounts } from '@/lib/services/list-service-accounts';
import { listStageNames } from '@/lib/services/list-stage-names';
import { load } from '../../load';
import { requireActor } from '../../require-actor';

export const metadata: Metadata = { title: 'Tokens · Settings' };

export default async function TokensSettingsPage() {
  const { ctx, actor } = await requireActor('/settings/tokens');
  const [me, accounts, people, stages] = await Promise.all([
    getMe(ctx, actor),
    load(listServiceAccounts(ctx, actor)),
    load(listPeople(ctx, actor)),
    listStageNames(ctx, actor),
  ]);
  const canWrite = me.can.includes('people.write');
  return (
    <>
      <PageHeader crumbs={[{ label: 'Settings' }, { label: 'Tokens' }]} />
      <PageBody>
        <h1 className="sr-only">Tokens</h1>
        <SettingsTabs current="/settings/tokens" />
        {accounts.problem !== null || people.problem !== null ? (
          <Problem problem={accounts.problem ?? people.problem} />
        ) : (
          <div className="grid gap-4">
            {canWrite ? null : <ReadOnlyNote />}
            <TokensView
              accounts={accounts.data}
              people={people.data}
              stages={stages.map(({ name }) => name)}
              canWrite={canWrite}
            />
          </div>
        )}
      </PageBody>
    </>
  );
}
