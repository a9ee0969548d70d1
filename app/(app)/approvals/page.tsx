import type { Metadata } from 'next';
import { ApprovalQueue } from '@/components/approvals/approval-queue';
import { PageBody } from '@/components/layout/page-body';
import { PageHeader } from '@/components/layout/page-header';
import { Problem } from '@/components/ui/problem';
import { Hydrate } from '@/lib/query/hydrate';
import { promotionKeys } from '@/lib/query/promotions';
import { getMe } from '@/lib/services/get-me';
import { listApprovalQueue } from '@/lib/services/list-approval-queue';
import { load } from '../load';
import { requireActor } from '../require-actor';

export const metadata: Metadata = { title: 'Approvals' };

export default async function ApprovalsPage() {
  const { ctx, actor } = await requireActor('/approvals');
  const [me, queue] = await Promise.all([getMe(ctx, actor), load(listApprovalQueue(ctx, actor))]);
  return (
    <>
      <PageHeader crumbs={[{ label: 'Approvals' }]} />
      <PageBody>
        <h1 className="sr-only">Approvals</h1>
        {queue.problem !== null ? (
          <Problem problem={queue.problem} />
        ) : (
          <Hydrate entries={[[promotionKeys.queue, queue.data]]}>
            <ApprovalQueue canDecide={me.can.includes('promotion.decide')} />
          </Hydrate>
        )}
      </PageBody>
    </>
  );
}
