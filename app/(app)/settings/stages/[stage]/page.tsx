import type { Metadata } from 'next';
import { PageBody } from '@/components/layout/page-body';
import { PageHeader } from '@/components/layout/page-header';
import { AdoptRefs } from '@/components/settings/adopt-refs';
import { ReadOnlyNote } from '@/components/settings/read-only-note';
import { SettingsTabs } from '@/components/settings/settings-tabs';
import { StageForm } from '@/components/settings/stage-form';
import { StageKeys } from '@/components/settings/stage-keys';
import { ButtonLink } from '@/components/ui/button';
import { Problem } from '@/components/ui/problem';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { MeDto } from '@/lib/contracts/person';
import type { StagePageDto } from '@/lib/contracts/stage';
import { getMe } from '@/lib/services/get-me';
import { getStagePage } from '@/lib/services/get-stage-page';
import { load } from '../../../load';
import { requireActor } from '../../../require-actor';

interface StageSettingsProps {
  params: Promise<{ stage: string }>;
}

export async function generateMetadata({ params }: StageSettingsProps): Promise<Metadata> {
  return { title: `${(await params).stage} · Settings` };
}

export default async function StageSettingsPage({ params }: StageSettingsProps) {
  const { stage } = await params;
  const { ctx, actor } = await requireActor(`/settings/stages/${stage}`);
  const [me, page] = await Promise.all([getMe(ctx, actor), load(getStagePage(ctx, actor, stage))]);
  return (
    <>
      <PageHeader
        crumbs={[
          { label: 'Settings', href: '/settings' },
          { label: 'Stages', href: '/settings/stages' },
          { label: stage },
        ]}
        actions={<ButtonLink href={`/stages/${stage}`}>Open stage</ButtonLink>}
      />
      <PageBody>
        <h1 className="sr-only">Settings of {stage}</h1>
        <SettingsTabs current="/settings/stages" />
        {page.problem !== null ? (
          <Problem problem={page.problem} />
        ) : (
          <StageSettings me={me} page={page.data} />
        )}
      </PageBody>
    </>
  );
}

function StageSettings({ me, page: { stage, refs } }: { me: MeDto; page: StagePageDto }) {
  const canWrite = me.can.includes('settings.write');
  return (
    <div className="grid gap-4">
      {canWrite ? null : <ReadOnlyNote />}
      {stage.problem === null ? null : (
        <p role="alert" className="rounded-md border border-bad bg-bad-soft px-3 py-2">
          <b className="font-semibold text-bad">The repository can’t be read.</b>{' '}
          <UnsafeText text={stage.problem} />
        </p>
      )}
      <AdoptRefs stage={stage.name} refs={refs} canWrite={canWrite} />
      <StageKeys stage={stage} canWrite={canWrite} />
      <StageForm key={`${stage.position} ${stage.overlapSeconds}`} stage={stage} canWrite={canWrite} />
    </div>
  );
}
