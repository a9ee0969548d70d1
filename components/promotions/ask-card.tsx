'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { focusFirstInvalid } from '@/components/ui/focus-first-invalid';
import { Input } from '@/components/ui/input';
import { Problem } from '@/components/ui/problem';
import { Textarea } from '@/components/ui/textarea';
import { useDraft } from '@/components/ui/use-draft';
import type { BoardEdgeDto } from '@/lib/contracts/board';
import {
  approvalPolicyOf,
  createPromotionSchema,
  type PlanInput,
  type PlanResultDto,
} from '@/lib/contracts/promotion';
import { PlanChanged } from './plan-changed';
import { joinWords, missingText } from './rule-text';
import { SupersedeField } from './supersede-field';
import { useAsk } from './use-new-promotion';

export interface AskCardProps {
  edge: BoardEdgeDto | null;
  input: PlanInput | null;
  /** When it may begin, as typed, and what is wrong with that. */
  notBefore: { text: string; error: string | null; onChange: (text: string) => void };
  /** The plan on the page; undefined while it is being made or can't be. */
  result: PlanResultDto | undefined;
  planAgain: () => Promise<unknown>;
}

/** The reason, and the one button that asks. It asks for the plan on the page and no other. */
export function AskCard({ edge, input, notBefore, result, planAgain }: AskCardProps) {
  const [reason, setReason, clearReason] = useDraft('promotion-reason');
  const [reasonError, setReasonError] = useState<string | null>(null);
  const [wantedOlder, setWantedOlder] = useState<number | null>(null);
  const supersedable = result?.supersedable ?? [];
  const supersedes = supersedable.some(({ number }) => number === wantedOlder) ? wantedOlder : null;
  const { ask, isBusy, error, planBefore, forgetPlanBefore } = useAsk({ onAsked: clearReason, planAgain });
  const why =
    whyNotYet(edge, input, result) ?? (notBefore.error === null ? null : 'Choose another time first.');

  function submit() {
    if (isBusy || input === null || result === undefined || why !== null) return;
    const parsed = createPromotionSchema.shape.reason.safeParse(reason);
    if (!parsed.success) {
      setReasonError(parsed.error.issues[0]?.message ?? 'say why, in a few words');
      return;
    }
    forgetPlanBefore();
    ask({ chosen: input, shown: result, reason: parsed.data, supersedes });
  }

  return (
    <Card title="Ask for this promotion">
      <form
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
          focusFirstInvalid(event.currentTarget);
        }}
      >
        {planBefore !== null && result !== undefined ? (
          <PlanChanged before={planBefore} now={result.plan} />
        ) : null}
        <Field label="Reason" hint="Reviewers and auditors read it." error={reasonError}>
          {(control) => (
            <Textarea
              {...control}
              required
              rows={4}
              maxLength={2000}
              value={reason}
              onChange={(event) => {
                setReason(event.target.value);
                setReasonError(null);
              }}
            />
          )}
        </Field>
        <Field
          label="Not before (optional)"
          hint="By your clock. It is part of what is approved; the run waits for it."
          error={notBefore.error}
        >
          {(control) => (
            <Input
              {...control}
              type="datetime-local"
              value={notBefore.text}
              onChange={(event) => notBefore.onChange(event.target.value)}
            />
          )}
        </Field>
        <SupersedeField offered={supersedable} value={supersedes} onChange={setWantedOlder} />
        <Problem error={error} />
        <p className="text-muted" aria-live="polite">
          {why ?? approvalsText(result)}
        </p>
        <Button
          variant="primary"
          type="submit"
          isBusy={isBusy}
          disabled={why !== null}
          className="justify-self-start"
        >
          {planBefore === null ? 'Ask for approval' : 'Ask for the new plan'}
        </Button>
      </form>
    </Card>
  );
}

function approvalsText(result: PlanResultDto | undefined): string {
  if (result === undefined) return '';
  const rules = approvalPolicyOf(result.plan).rules;
  const who = rules.map(({ group, required }) => missingText({ group, missing: required }));
  const then = result.plan.notBefore === undefined ? 'then it runs by itself' : 'then it runs at its time';
  return `${joinWords(who)} other than you must approve, ${then}.`;
}

/** Why it can't be asked for yet; null where it can. */
function whyNotYet(
  edge: BoardEdgeDto | null,
  input: PlanInput | null,
  result: PlanResultDto | undefined,
): string | null {
  if (edge === null) return 'Choose an edge first.';
  if (!edge.canRequest) return 'Only a release manager can ask for a promotion. You can look at the plan.';
  if (input === null) return 'Choose at least one ref first.';
  if (result === undefined) return 'The plan is not there yet.';
  if (result.isBlocked) return 'A check fails, so this plan can’t be asked for. See the checks below.';
  return null;
}
