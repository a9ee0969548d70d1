'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { focusFirstInvalid } from '@/components/ui/focus-first-invalid';
import { Problem } from '@/components/ui/problem';
import { Textarea } from '@/components/ui/textarea';
import { type PromotionDto, reviewEmergencySchema } from '@/lib/contracts/promotion';
import { PlanSummary } from './plan-summary';
import { useReview } from './use-promotion-acts';

export interface ReviewDialogProps {
  promotion: PromotionDto;
  onClose: () => void;
}

const VERDICTS = [
  { value: 'accepted', label: 'Accept', hint: 'It was right to publish this without approval.' },
  {
    value: 'objected',
    label: 'Object',
    hint: 'It was not. It stays published; the page says so from now on.',
  },
] as const;

/** Says afterwards what a reviewer thinks of an emergency. */
export function ReviewDialog({ promotion, onClose }: ReviewDialogProps) {
  const [verdict, setVerdict] = useState<'accepted' | 'objected' | null>(null);
  const [comment, setComment] = useState('');
  const [errors, setErrors] = useState<{ verdict?: string; comment?: string }>({});
  const review = useReview(promotion.number);

  function submit() {
    if (review.isPending) return;
    const parsed = reviewEmergencySchema.shape.comment.safeParse(comment);
    const found = {
      ...(verdict === null && { verdict: 'Choose one.' }),
      ...(!parsed.success && { comment: 'Say what you looked at, in a few words.' }),
    };
    setErrors(found);
    if (verdict === null || !parsed.success) return;
    review.mutate({ verdict, comment: parsed.data }, { onSuccess: onClose });
  }

  return (
    <Dialog
      title={`Review the emergency #${promotion.number}`}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form="review-form" isBusy={review.isPending}>
            Write this review
          </Button>
        </>
      }
    >
      <form
        id="review-form"
        className="grid gap-3"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
          focusFirstInvalid(event.currentTarget);
        }}
      >
        <PlanSummary plan={promotion.plan} planChecksum={promotion.planChecksum} facts={promotion.facts} />
        <fieldset className="grid gap-2" aria-describedby={errors.verdict ? 'verdict-error' : undefined}>
          <legend className="mb-1 font-medium">Your verdict</legend>
          {VERDICTS.map(({ value, label, hint }) => (
            <label key={value} className="flex items-start gap-2">
              <input
                type="radio"
                name="verdict"
                value={value}
                aria-invalid={errors.verdict !== undefined && verdict === null}
                checked={verdict === value}
                onChange={() => setVerdict(value)}
                className="mt-[3px] size-3.5 shrink-0 accent-brand"
              />
              <span className="min-w-0">
                {label}
                <span className="block text-sm text-muted">{hint}</span>
              </span>
            </label>
          ))}
          {errors.verdict && verdict === null ? (
            <p id="verdict-error" className="text-sm text-bad">
              {errors.verdict}
            </p>
          ) : null}
        </fieldset>
        <Field
          label="Comment"
          hint="What you looked at. It stands on the page and in the history for ever."
          error={errors.comment ?? null}
        >
          {(control) => (
            <Textarea
              {...control}
              required
              rows={3}
              maxLength={2000}
              value={comment}
              onChange={(event) => setComment(event.target.value)}
            />
          )}
        </Field>
        <Problem error={review.error} />
      </form>
    </Dialog>
  );
}
