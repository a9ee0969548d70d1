'use client';

import { useState } from 'react';
import { FormDialog } from '@/components/ui/form-dialog';
import {
  type AddServiceAccountInput,
  addServiceAccountSchema,
  type ServiceAccountDto,
  serviceAccountSchema,
} from '@/lib/contracts/token';
import { AccountNameFields } from './account-name-fields';
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
    <FormDialog
      title={account === null ? 'Add a service account' : `Change ${account.name}`}
      act={account === null ? 'Add' : 'Save'}
      isBusy={save.isBusy}
      error={refused.rest}
      onSubmit={submit}
      onClose={onClose}
    >
      <AccountNameFields
        names={draft}
        errors={shown}
        hint={account === null ? 'It stands in the history for ever and can’t be changed.' : null}
        onChange={(part) => setDraft({ ...draft, ...part })}
      />
      {account === null ? (
        <p className="text-muted">It can do nothing until you make a token for it.</p>
      ) : null}
    </FormDialog>
  );
}
