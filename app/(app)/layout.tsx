import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { AppShell } from '@/components/layout/app-shell';
import { Hydrate } from '@/lib/query/hydrate';
import { meOptions } from '@/lib/query/me';
import { promotionKeys } from '@/lib/query/promotions';
import { getMe } from '@/lib/services/get-me';
import { listApprovalQueue } from '@/lib/services/list-approval-queue';
import { listStageNames } from '@/lib/services/list-stage-names';
import { requireActor } from './require-actor';

/** The path that was asked for, as `treeline web` notes it: a layout is not told by Next. */
async function requestedPath(): Promise<string> {
  return (await headers()).get('x-treeline-path') ?? '/';
}

/** The frame of all pages for people who are signed in. It redirects before anything is streamed. */
export default async function AppLayout({ children }: { children: ReactNode }) {
  const { ctx, actor } = await requireActor(await requestedPath());
  const [me, stages, queue] = await Promise.all([
    getMe(ctx, actor),
    listStageNames(ctx, actor),
    listApprovalQueue(ctx, actor),
  ]);
  return (
    <Hydrate
      entries={[
        [meOptions.queryKey, me],
        [promotionKeys.queue, queue],
      ]}
    >
      <AppShell me={me} stages={stages.map(({ name, problem }) => ({ name, problem }))}>
        {children}
      </AppShell>
    </Hydrate>
  );
}
