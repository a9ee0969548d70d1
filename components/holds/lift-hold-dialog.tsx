'use client';

import { FormDialog } from '@/components/ui/form-dialog';
import { ReasonField } from '@/components/ui/reason-field';
import { UnsafeText } from '@/components/ui/unsafe-text';
import { useReason } from '@/components/ui/use-reason';
import { type HoldDto, liftHoldSchema } from '@/lib/contracts/hold';
import { HoldText } from './hold-text';
import { useLiftHold } from './use-holds';

/** Asks why a hold is lifted. */
export function LiftHoldDialog({ hold, onClose }: { hold: HoldDto; onClose: () => void }) {
  const reason = useReason(liftHoldSchema.shape.reason);
  const lift = useLiftHold(hold.id);

  function submit() {
    if (lift.isPending) return;
    const text = reason.read();
    if (text === null) return;
    lift.mutate({ reason: text }, { onSuccess: onClose });
  }

  return (
    <FormDialog
      title="Lift this hold?"
      act="Lift the hold"
      isBusy={lift.isPending}
      error={lift.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className="break-words">
        <code className="text-sm break-all">
          <UnsafeText text={hold.ref} />
        </code>{' '}
        in {hold.stage}: <HoldText hold={hold} />
      </p>
      <p className="text-muted">
        {hold.scope === 'every'
          ? 'Promotions that wait for it alone then begin.'
          : 'Automatic promotion may then move the ref again.'}
      </p>
      <ReasonField hint="It stands in the history." {...reason.field} />
    </FormDialog>
  );
}
