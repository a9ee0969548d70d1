'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { focusFirstInvalid } from '@/components/ui/focus-first-invalid';
import { Input } from '@/components/ui/input';
import { Problem } from '@/components/ui/problem';
import {
  type AddServiceAccountInput,
  addServiceAccountSchema,
  type ServiceAccountDto,
  serviceAccountSchema,
} from '@/lib/contracts/token';
import { fieldErrors } from './field-errors';
import { splitProblem } from './problem-fields';
import { useSettingsMutation } from './use-settings-mutation';

export interface ServiceAccountDialogProps {
  /** null: a new one. */
  account: ServiceAccountDto | null;
  onClose: () => void;
}

/** Adds the account of a program, or changes how pages call it. */
export function ServiceAccountDialog({ account, onClose }: ServiceAccountDialogProps) {
  const [draft, setDraft] = useState({
    name: account?.name ?? '',
    displayName: account?.displayName ?? '',
  });
  const [errors, setErrors] = useState<Record<string, string>>({});
  const save = useSettingsMutation<AddServiceAccountInput, ServiceAccountDto>({
    method: account === null ? 'POST' : 'PATCH',
    path:
      account === null ? '/api/service-accounts' : `/api/service-accounts/${encodeURIComponent(account.id)}`,
    body: (input) => (account === null ? input : { displayName: input.displayName }),
    schema: serviceAccountSchema,
    onDone: onClose,
  });
  const refused = splitProblem(save.error, ['name', 'displayName']);
  const shown = { ...refused.fields, ...errors };

  function submit() {
    const parsed = addServiceAccountSchema.safeParse({ ...draft, name: draft.name.trim() });
    setErrors(parsed.success ? {} : fieldErrors(parsed.error));
    if (parsed.success && !save.isBusy) save.mutate(parsed.data);
  }

  return (
    <Dialog
      title={account === null ? 'Add a service account' : `Change ${account.name}`}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form="service-account-form" isBusy={save.isBusy}>
            {account === null ? 'Add' : 'Save'}
          </Button>
        </>
      }
    >
      <form
        id="service-account-form"
        className="grid gap-3"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
          focusFirstInvalid(event.currentTarget);
        }}
      >
        {account === null ? (
          <Field
            label="Name"
            hint="It stands in the history for ever and can’t be changed."
            error={shown.name}
          >
            {(control) => (
              <Input
                {...control}
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                value={draft.name}
                onChange={(event) => setDraft({ ...draft, name: event.target.value })}
              />
            )}
          </Field>
        ) : null}
        <Field label="Display name" error={shown.displayName}>
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              value={draft.displayName}
              onChange={(event) => setDraft({ ...draft, displayName: event.target.value })}
            />
          )}
        </Field>
        {account === null ? (
          <p className="text-muted">It can do nothing until you make a token for it.</p>
        ) : null}
        <Problem error={refused.rest} />
      </form>
    </Dialog>
  );
}
