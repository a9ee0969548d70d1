'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { focusFirstInvalid } from '@/components/ui/focus-first-invalid';
import { LocalTime } from '@/components/ui/local-time';
import { Problem } from '@/components/ui/problem';
import { ReasonField } from '@/components/ui/reason-field';
import { UnsafeText } from '@/components/ui/unsafe-text';
import { useReason } from '@/components/ui/use-reason';
import { overrideFreezeSchema } from '@/lib/contracts/freeze';
import type { PromotionDto } from '@/lib/contracts/promotion';
import { useOverrideFreeze } from './use-promotion-acts';

export interface OverrideDialogProps {
  promotion: PromotionDto;
  onClose: () => void;
}

/** Asks why a promotion may go past the freeze that holds now, for the plan that was on the page when it opened. */
export function OverrideDialog({ promotion, onClose }: OverrideDialogProps) {
  const [planChecksum] = useState(promotion.planChecksum);
  const reason = useReason(overrideFreezeSchema.shape.reason);
  const override = useOverrideFreeze(promotion.number);
  const isChanged = promotion.planChecksum !== planChecksum;

  function submit() {
    if (override.isPending || isChanged) return;
    const text = reason.read();
    if (text === null) return;
    override.mutate({ planChecksum, reason: text }, { onSuccess: onClose });
  }

  return (
    <Dialog
      title={`Promote #${promotion.number} despite the freeze?`}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="danger"
            type="submit"
            form="override-form"
            isBusy={override.isPending}
            disabled={isChanged}
          >
            Override the freeze
          </Button>
        </>
      }
    >
      <form
        id="override-form"
        className="grid gap-3"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
          focusFirstInvalid(event.currentTarget);
        }}
      >
        <ul className="grid gap-2">
          {promotion.freeze?.windows.map((window) => (
            <li
              key={window.name}
              className="rounded-md border border-wait bg-wait-soft px-3 py-2 break-words"
            >
              <b className="font-semibold">
                <UnsafeText text={window.name} />
              </b>
              , until <LocalTime iso={window.until} />: <UnsafeText text={window.reason} />
            </li>
          ))}
        </ul>
        <p>
          This plan may then be published into {promotion.edge.to} while{' '}
          {promotion.freeze?.windows.length === 1 ? 'this window holds' : 'these windows hold'}, this once.{' '}
          {promotion.state === 'approved'
            ? 'It is approved, so it begins at once.'
            : 'It still has to be approved.'}{' '}
          Another window, or another plan, stops it again.
        </p>
        <ReasonField
          hint="It stands on the promotion’s page and in the history."
          maxLength={2000}
          {...reason.field}
        />
        {isChanged ? (
          <p className="text-bad">The plan has changed; close this and look at it again.</p>
        ) : null}
        <Problem error={override.error} />
      </form>
    </Dialog>
  );
}
