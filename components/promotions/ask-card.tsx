'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
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
  emergencyOf,
  type PlanInput,
  type PlanResultDto,
} from '@/lib/contracts/promotion';
import { EmergencyField } from './emergency-field';
import { PlanChanged } from './plan-changed';
import { joinWords, missingText } from './rule-text';
import { SupersedeField } from './supersede-field';
import { useAsk } from './use-new-promotion';

export interface AskCardProps {
  /** What is asked for; its draft of a reason is kept apart. */
  what: 'promotion' | 'rollback' | 'removal';
  /** Why it can't be asked for, whatever the plan says; null where it can. */
  whyNot: string | null;
  input: PlanInput | null;
  /** When it may begin, as typed, and what is wrong with that. */
  notBefore: { text: string; error: string | null; onChange: (text: string) => void };
  /** Whether it is to be published without approval, along which edge; null where that is nothing to choose. */
  emergency: { edge: BoardEdgeDto | null; isOn: boolean; onChange: (isOn: boolean) => void } | null;
  /** The plan on the page; undefined while it is being made or can't be. */
  result: PlanResultDto | undefined;
  planAgain: () => Promise<unknown>;
}

/** The reason, and the one button that asks. It asks for the plan on the page and no other. */
export function AskCard({ what, whyNot, input, notBefore, emergency, result, planAgain }: AskCardProps) {
  const [reason, setReason, clearReason] = useDraft(`${what}-reason`);
  const [reasonError, setReasonError] = useState<string | null>(null);
  const [isConfirming, setIsConfirming] = useState(false);
  const edge = emergency?.edge ?? null;
  const isEmergency = emergency?.isOn ?? false;
  const [wantedOlder, setWantedOlder] = useState<number | null>(null);
  const supersedable = result?.supersedable ?? [];
  const supersedes = supersedable.some(({ number }) => number === wantedOlder) ? wantedOlder : null;
  const { ask, isBusy, error, planBefore, forgetPlanBefore } = useAsk({ onAsked: clearReason, planAgain });
  const why =
    whyNot ?? whyNotYet(input, result) ?? (notBefore.error === null ? null : 'Choose another time first.');

  function submit() {
    if (isBusy || input === null || result === undefined || why !== null) return;
    const parsed = createPromotionSchema.shape.reason.safeParse(reason);
    if (!parsed.success) {
      setReasonError(parsed.error.issues[0]?.message ?? 'say why, in a few words');
      return;
    }
    if (isEmergency && !isConfirming) {
      setIsConfirming(true);
      return;
    }
    setIsConfirming(false);
    forgetPlanBefore();
    ask({ chosen: input, shown: result, reason: parsed.data, supersedes });
  }

  return (
    <Card title={`Ask for this ${what}`}>
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
        {emergency === null ? null : (
          <EmergencyField edge={edge} value={isEmergency} onChange={emergency.onChange} />
        )}
        {isEmergency ? null : (
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
        )}
        <SupersedeField offered={supersedable} value={supersedes} onChange={setWantedOlder} />
        <Problem error={error} />
        <p className="text-muted" aria-live="polite">
          {why ?? approvalsText(result)}
        </p>
        <Button
          variant={isEmergency ? 'danger' : 'primary'}
          type="submit"
          isBusy={isBusy}
          disabled={why !== null}
          className="justify-self-start"
        >
          {actText(isEmergency, planBefore !== null)}
        </Button>
      </form>
      {isConfirming && edge !== null ? (
        <ConfirmDialog
          title={`Publish into ${edge.to} without approval?`}
          act={`Publish into ${edge.to}`}
          variant="danger"
          isBusy={isBusy}
          error={null}
          onConfirm={submit}
          onClose={() => setIsConfirming(false)}
        >
          Nobody looks at it first: its run begins at once. It is marked as an emergency for ever, everybody
          sees it, and reviewers have to review it within {edge.emergency?.reviewHours ?? 0} h.
        </ConfirmDialog>
      ) : null}
    </Card>
  );
}

function actText(isEmergency: boolean, isNewPlan: boolean): string {
  if (isEmergency) return isNewPlan ? 'Publish the new plan without approval' : 'Publish without approval';
  return isNewPlan ? 'Ask for the new plan' : 'Ask for approval';
}

function approvalsText(result: PlanResultDto | undefined): string {
  if (result === undefined) return '';
  const emergency = emergencyOf(result.plan);
  if (emergency)
    return `Nobody approves it. It is reviewed within ${emergency.reviewHours} h of being published.`;
  const rules = approvalPolicyOf(result.plan).rules;
  const who = rules.map(({ group, required }) => missingText({ group, missing: required }));
  const then = result.plan.notBefore === undefined ? 'then it runs by itself' : 'then it runs at its time';
  return `${joinWords(who)} other than you must approve, ${then}.`;
}

/** Why it can't be asked for yet; null where it can. */
function whyNotYet(input: PlanInput | null, result: PlanResultDto | undefined): string | null {
  if (input === null) return 'Choose at least one ref first.';
  if (result === undefined) return 'The plan is not there yet.';
  if (result.isBlocked) return 'A check fails, so this plan can’t be asked for. See the checks below.';
  return null;
}
