'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { asSentence } from '@/components/ui/as-sentence';
import { Button, ButtonLink } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { mayOn } from '@/lib/contracts/person';
import type { PromotionDto } from '@/lib/contracts/promotion';
import { meOptions } from '@/lib/query/me';
import { CancelDialog } from './cancel-dialog';
import { DecideDialog } from './decide-dialog';
import { OverrideDialog } from './override-dialog';
import { ReinstateDialog } from './reinstate-dialog';
import { ReviewDialog } from './review-dialog';
import { rollbackHref } from './rollback-href';
import { usePromotionAct } from './use-promotion-acts';

type Act = 'approve' | 'reject' | 'withdraw' | 'retry' | 'override' | 'reinstate' | 'cancel' | 'review';

/** What the reader may do with the promotion now. What they may not isn't shown: the cards say why. */
export function PromotionActions({ promotion }: { promotion: PromotionDto }) {
  const [act, setAct] = useState<Act | null>(null);
  const { offers } = promotion;
  const close = () => setAct(null);
  return (
    <div className="flex flex-wrap items-center gap-2.5">
      {promotion.state === 'running' ? (
        <CancelOffer promotion={promotion} onCancel={() => setAct('cancel')} />
      ) : null}
      {offers.overrideFreeze.isAllowed ? (
        <Button variant="danger" onClick={() => setAct('override')}>
          Promote despite the freeze
        </Button>
      ) : null}
      {offers.reinstateFreeze.isAllowed ? (
        <Button onClick={() => setAct('reinstate')}>Reinstate the freeze</Button>
      ) : null}
      {offers.withdraw.isAllowed ? <Button onClick={() => setAct('withdraw')}>Withdraw</Button> : null}
      {offers.reject.isAllowed ? (
        <Button variant="danger" onClick={() => setAct('reject')}>
          Reject
        </Button>
      ) : null}
      {offers.approve.isAllowed ? (
        <Button variant="primary" onClick={() => setAct('approve')}>
          Approve this plan
        </Button>
      ) : null}
      {offers.review.isAllowed ? (
        <Button variant="primary" onClick={() => setAct('review')}>
          Review this emergency
        </Button>
      ) : null}
      {offers.retry.isAllowed ? (
        <Button variant="primary" onClick={() => setAct('retry')}>
          Retry
        </Button>
      ) : null}
      {offers.rollBack.isAllowed ? (
        <ButtonLink variant="danger" href={undoHref(promotion)}>
          Roll back
        </ButtonLink>
      ) : null}
      {act === 'approve' || act === 'reject' ? (
        <DecideDialog promotion={promotion} decision={act} onClose={close} />
      ) : null}
      {act === 'cancel' ? <CancelDialog promotion={promotion} onClose={close} /> : null}
      {act === 'review' ? <ReviewDialog promotion={promotion} onClose={close} /> : null}
      {act === 'override' ? <OverrideDialog promotion={promotion} onClose={close} /> : null}
      {act === 'reinstate' ? <ReinstateDialog promotion={promotion} onClose={close} /> : null}
      {act === 'withdraw' ? <WithdrawDialog promotion={promotion} onClose={close} /> : null}
      {act === 'retry' ? <RetryDialog promotion={promotion} onClose={close} /> : null}
    </div>
  );
}

/** To where its refs were before; a ref that was new then can't go back. */
function undoHref({ edge, plan }: PromotionDto): string {
  const refs = plan.refs.flatMap(({ targetRef: ref, expectedChecksum: to }) =>
    to === null ? [] : [{ ref, to }],
  );
  return rollbackHref(edge.to, refs, { edge: edge.id });
}

/** The button that stops a run; for who may press it at all, why it can't be pressed any more. */
function CancelOffer({ promotion, onCancel }: { promotion: PromotionDto; onCancel: () => void }) {
  const { data: me } = useQuery(meOptions);
  const { isAllowed, why } = promotion.offers.cancel;
  if (isAllowed) {
    return (
      <Button variant="danger" onClick={onCancel}>
        Cancel this run
      </Button>
    );
  }
  if (why === null || !mayOn(me, 'promotion.cancel', promotion.edge.to)) return null;
  return <span className="text-sm text-muted">No cancelling: {asSentence(why)}</span>;
}

interface ActDialogProps {
  promotion: PromotionDto;
  onClose: () => void;
}

function WithdrawDialog({ promotion, onClose }: ActDialogProps) {
  const withdraw = usePromotionAct(promotion.number, 'withdraw');
  return (
    <ConfirmDialog
      title={`Withdraw #${promotion.number}?`}
      act="Withdraw"
      variant="danger"
      isBusy={withdraw.isPending}
      error={withdraw.error}
      onConfirm={() => withdraw.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    >
      Nobody can approve it any more, and nothing in {promotion.edge.to} changes. To move the same refs later,
      ask again.
    </ConfirmDialog>
  );
}

function RetryDialog({ promotion, onClose }: ActDialogProps) {
  const retry = usePromotionAct(promotion.number, 'retry');
  return (
    <ConfirmDialog
      title={`Retry #${promotion.number}?`}
      act="Retry"
      isBusy={retry.isPending}
      error={retry.error}
      onConfirm={() => retry.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    >
      {promotion.state === 'stale'
        ? `The plan is made anew. If it is the same as before, it runs; if ${promotion.edge.to} has moved, the new plan needs new approvals.`
        : `The same plan runs again from the start. ${promotion.emergency === null ? 'Its approvals still hold.' : 'It is published without approval.'}`}
    </ConfirmDialog>
  );
}
