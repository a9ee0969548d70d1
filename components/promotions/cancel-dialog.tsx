'use client';

import { useState } from 'react';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/textarea';
import type { PromotionDto } from '@/lib/contracts/promotion';
import { useCancel } from './use-promotion-acts';

export interface CancelDialogProps {
  promotion: PromotionDto;
  onClose: () => void;
}

/** Asks whether to stop a run whose refs have not moved yet. */
export function CancelDialog({ promotion, onClose }: CancelDialogProps) {
  const [reason, setReason] = useState('');
  const cancel = useCancel(promotion.number);
  return (
    <ConfirmDialog
      title={`Cancel the run of #${promotion.number}?`}
      act="Cancel this run"
      dismiss="Keep it running"
      variant="danger"
      isBusy={cancel.isPending}
      error={cancel.error}
      onConfirm={() => cancel.mutate({ reason: reason.trim() }, { onSuccess: onClose })}
      onClose={onClose}
    >
      <div className="grid gap-3">
        <p>
          It stops before the refs of {promotion.edge.to} move, and then #{promotion.number} is over for good:
          what it asked for has to be asked for anew. Once its refs move it only goes forward.
        </p>
        <Field label="Reason (optional)" hint="It stands on the promotion’s page and in the history.">
          {(control) => (
            <Textarea
              {...control}
              rows={3}
              maxLength={2000}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        </Field>
      </div>
    </ConfirmDialog>
  );
}
