'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { focusFirstInvalid } from '@/components/ui/focus-first-invalid';
import { Problem } from '@/components/ui/problem';
import { Textarea } from '@/components/ui/textarea';
import type { PromotionDto } from '@/lib/contracts/promotion';
import { PlanSummary } from './plan-summary';
import { useDecide } from './use-promotion-acts';

export interface DecideDialogProps {
  promotion: PromotionDto;
  decision: 'approve' | 'reject';
  onClose: () => void;
}

/**
 * The last look before a decision: which stage, which refs, which plan. It decides on the plan that was
 * on the page when it opened; if that changes meanwhile the dialog says so and takes no decision.
 */
export function DecideDialog({ promotion, decision, onClose }: DecideDialogProps) {
  const [opened] = useState({ plan: promotion.plan, planChecksum: promotion.planChecksum });
  const [comment, setComment] = useState('');
  const [isMissing, setIsMissing] = useState(false);
  const decide = useDecide(promotion.number);
  const isApproval = decision === 'approve';
  const isChanged = promotion.planChecksum !== opened.planChecksum;
  const isClosed = promotion.state !== 'requested';

  function submit() {
    if (decide.isPending || isChanged || isClosed) return;
    if (!isApproval && comment.trim() === '') {
      setIsMissing(true);
      return;
    }
    decide.mutate(
      { decision, planChecksum: opened.planChecksum, comment: comment.trim() },
      { onSuccess: onClose },
    );
  }

  const target = promotion.edge.to;
  return (
    <Dialog
      title={isApproval ? `Approve #${promotion.number} for ${target}?` : `Reject #${promotion.number}?`}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant={isApproval ? 'primary' : 'danger'}
            type="submit"
            form="decide-form"
            isBusy={decide.isPending}
            disabled={isChanged || isClosed}
          >
            {isApproval ? `Approve for ${target}` : 'Reject this plan'}
          </Button>
        </>
      }
    >
      <form
        id="decide-form"
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
          focusFirstInvalid(event.currentTarget);
        }}
      >
        <PlanSummary plan={opened.plan} planChecksum={opened.planChecksum} facts={promotion.facts} />
        <Field
          label={isApproval ? 'Comment (optional)' : 'Why not?'}
          hint={isApproval ? 'What you checked, for those who ask later.' : 'The one who asked reads it.'}
          error={isMissing && comment.trim() === '' ? 'Say why, in a few words.' : null}
        >
          {(control) => (
            <Textarea
              {...control}
              value={comment}
              maxLength={2000}
              required={!isApproval}
              onChange={(event) => setComment(event.target.value)}
            />
          )}
        </Field>
        {isChanged ? (
          <Warning>The plan has changed while this was open. Close it and look at the new plan.</Warning>
        ) : isClosed && !decide.isSuccess ? (
          <Warning>This promotion is no longer waiting: {promotion.stateText}.</Warning>
        ) : null}
        <Problem error={decide.error} />
      </form>
    </Dialog>
  );
}

function Warning({ children }: { children: React.ReactNode }) {
  return (
    <p role="alert" className="rounded-md border border-wait bg-wait-soft px-3 py-2">
      {children}
    </p>
  );
}
