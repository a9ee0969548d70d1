'use client';

import { FormDialog } from '@/components/ui/form-dialog';
import { ReasonField } from '@/components/ui/reason-field';
import { UnsafeText } from '@/components/ui/unsafe-text';
import { useReason } from '@/components/ui/use-reason';
import { reinstateFreezeSchema } from '@/lib/contracts/freeze';
import type { PromotionDto } from '@/lib/contracts/promotion';
import { useReinstateFreeze } from './use-promotion-acts';

export interface ReinstateDialogProps {
  promotion: PromotionDto;
  onClose: () => void;
}

/** Asks why a promotion is no longer to go past the freeze. */
export function ReinstateDialog({ promotion, onClose }: ReinstateDialogProps) {
  const reason = useReason(reinstateFreezeSchema.shape.reason);
  const reinstate = useReinstateFreeze(promotion.number);
  const windows = promotion.overrides.filter(({ withdrawnAt }) => withdrawnAt === null);

  function submit() {
    if (reinstate.isPending) return;
    const text = reason.read();
    if (text === null) return;
    reinstate.mutate({ reason: text }, { onSuccess: onClose });
  }

  return (
    <FormDialog
      title={`Reinstate the freeze for #${promotion.number}?`}
      act="Reinstate the freeze"
      isBusy={reinstate.isPending}
      error={reinstate.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className="break-words">
        It was let past{' '}
        <b className="font-semibold">
          <UnsafeText text={[...new Set(windows.flatMap((each) => each.windows))].join(', ')} />
        </b>{' '}
        of {promotion.edge.to}. What still holds stops it again. Approvals stay as they are.
      </p>
      <ReasonField hint="It stands on the promotion’s page and in the history." {...reason.field} />
    </FormDialog>
  );
}
