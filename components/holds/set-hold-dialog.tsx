'use client';

import { useState } from 'react';
import { splitProblem } from '@/components/settings/problem-fields';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { ReasonField } from '@/components/ui/reason-field';
import { Select } from '@/components/ui/select';
import { useReason } from '@/components/ui/use-reason';
import { type HoldScope, holdScopeSchema, setHoldSchema } from '@/lib/contracts/hold';
import { useSetHold } from './use-holds';

export interface SetHoldDialogProps {
  stage: string;
  /** To choose from; one alone is not asked for. */
  refs: readonly string[];
  onClose: () => void;
}

const SCOPES: Record<HoldScope, string> = {
  every: 'Every promotion',
  automatic: 'Automatic promotion alone',
};

/** Holds a ref where it is, against all promotions or the automatic ones. */
export function SetHoldDialog({ stage, refs, onClose }: SetHoldDialogProps) {
  const [ref, setRef] = useState(refs[0] ?? '');
  const [scope, setScope] = useState<HoldScope>('every');
  const reason = useReason(setHoldSchema.shape.reason);
  const set = useSetHold();
  const refused = splitProblem(set.error, ['ref']);

  function submit() {
    if (set.isPending) return;
    const text = reason.read();
    if (text === null) return;
    set.mutate({ stage, ref, scope, reason: text }, { onSuccess: onClose });
  }

  const only = refs.length === 1 ? refs[0] : null;
  return (
    <FormDialog
      title={only === null ? `Hold a ref of ${stage}` : `Hold ${only} in ${stage}?`}
      act="Hold it"
      isBusy={set.isPending}
      error={refused.rest}
      onSubmit={submit}
      onClose={onClose}
    >
      {only === null ? (
        <Field label="Ref" error={refused.fields.ref ?? null}>
          {(control) => (
            <Select {...control} value={ref} onChange={(event) => setRef(event.target.value)}>
              {refs.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </Select>
          )}
        </Field>
      ) : null}
      <Field
        label="Hold it against"
        hint={
          scope === 'every'
            ? 'Promotions of it can be asked for and approved; their runs wait until the hold is lifted. A rollback goes through.'
            : 'People can promote it; what is promoted by itself leaves it alone until the hold is lifted.'
        }
      >
        {(control) => (
          <Select
            {...control}
            value={scope}
            onChange={(event) => setScope(holdScopeSchema.parse(event.target.value))}
          >
            {holdScopeSchema.options.map((each) => (
              <option key={each} value={each}>
                {SCOPES[each]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <ReasonField hint="Everybody reads it wherever the ref is shown." {...reason.field} />
    </FormDialog>
  );
}
