'use client';

import { useState } from 'react';
import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import type { PersonDto } from '@/lib/contracts/person';
import {
  type AddedTokenDto,
  type AddTokenInput,
  addedTokenSchema,
  addTokenSchema,
  type ServiceAccountDto,
  TOKEN_DAYS_DEFAULT,
  tokenScopes,
} from '@/lib/contracts/token';
import { fieldErrors } from './field-errors';
import { splitProblem } from './problem-fields';
import { SCOPES } from './scope-names';
import { useSettingsMutation } from './use-settings-mutation';

export interface TokenDialogProps {
  account: ServiceAccountDto;
  people: readonly PersonDto[];
  /** Names of all stages. */
  stages: readonly string[];
  onClose: () => void;
  onMade: (secret: string) => void;
}

/** Makes a token for a program: what it may do, until when, and who answers for it. */
export function TokenDialog({ account, people, stages, onClose, onMade }: TokenDialogProps) {
  const holders = people.filter((person) => person.disabledAt === null);
  const [draft, setDraft] = useState({
    name: '',
    scopes: ['read'] as AddTokenInput['scopes'],
    days: String(TOKEN_DAYS_DEFAULT),
    holder: '',
    isForSome: false,
    stages: [] as string[],
  });
  const [errors, setErrors] = useState<Record<string, string>>({});
  const add = useSettingsMutation<AddTokenInput, AddedTokenDto>({
    method: 'POST',
    path: `/api/service-accounts/${encodeURIComponent(account.id)}/tokens`,
    schema: addedTokenSchema,
    onDone: ({ secret }) => onMade(secret),
  });
  const refused = splitProblem(add.error, ['name', 'scopes', 'stages', 'expiresInDays', 'holder']);
  const shown = { ...refused.fields, ...errors };

  function submit() {
    const { days, isForSome, stages: chosen, ...rest } = draft;
    const expiresInDays = /^\d{1,4}$/.test(days.trim()) ? Number(days) : 0;
    const parsed = addTokenSchema.safeParse({
      ...rest,
      expiresInDays,
      ...(isForSome && { stages: chosen }),
    });
    const wrong = parsed.success ? {} : fieldErrors(parsed.error);
    setErrors({ ...wrong, ...(draft.holder === '' && { holder: 'Choose a person.' }) });
    if (parsed.success && !add.isBusy) add.mutate(parsed.data);
  }

  return (
    <FormDialog
      title={`Make a token for ${account.name}`}
      act="Make the token"
      isBusy={add.isBusy}
      error={refused.rest}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field label="Name" hint="What it is for: nightly build, lab tests." error={shown.name}>
        {(control) => (
          <Input
            {...control}
            autoComplete="off"
            value={draft.name}
            onChange={(event) => setDraft({ ...draft, name: event.target.value })}
          />
        )}
      </Field>
      <fieldset className="grid gap-1.5" aria-describedby={shown.scopes ? 'token-scopes-error' : undefined}>
        <legend className="mb-1 font-medium">It may</legend>
        {tokenScopes.map((scope) => (
          <Checkbox
            key={scope}
            label={<code className="text-sm">{scope}</code>}
            hint={`It ${SCOPES[scope]}.`}
            checked={draft.scopes.includes(scope)}
            onChange={(event) =>
              setDraft({
                ...draft,
                scopes: tokenScopes.filter((each) =>
                  each === scope ? event.target.checked : draft.scopes.includes(each),
                ),
              })
            }
          />
        ))}
        {shown.scopes ? (
          <p id="token-scopes-error" className="text-sm text-bad">
            {shown.scopes}
          </p>
        ) : null}
        <p className="text-sm text-muted">No token approves anything or changes settings.</p>
      </fieldset>
      <fieldset className="grid gap-1.5" aria-describedby={shown.stages ? 'token-stages-error' : undefined}>
        <legend className="mb-1 font-medium">For which stages</legend>
        <Checkbox
          label="Only for what leads into some"
          hint="It reads all stages in any case."
          checked={draft.isForSome}
          onChange={(event) => setDraft({ ...draft, isForSome: event.target.checked })}
        />
        {draft.isForSome ? (
          <div className="grid gap-1.5 pl-6">
            {stages.map((stage) => (
              <Checkbox
                key={stage}
                label={stage}
                checked={draft.stages.includes(stage)}
                onChange={(event) =>
                  setDraft({
                    ...draft,
                    stages: stages.filter((each) =>
                      each === stage ? event.target.checked : draft.stages.includes(each),
                    ),
                  })
                }
              />
            ))}
          </div>
        ) : null}
        {shown.stages ? (
          <p id="token-stages-error" className="text-sm text-bad">
            {shown.stages}
          </p>
        ) : null}
      </fieldset>
      <Field label="Expires after (days)" hint="1 to 365." error={shown.expiresInDays} className="max-w-72">
        {(control) => (
          <Input
            {...control}
            inputMode="numeric"
            value={draft.days}
            onChange={(event) => setDraft({ ...draft, days: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="Held by"
        hint="Who answers for it. They can’t approve what is asked for with it, and it stops when their account does."
        error={shown.holder}
      >
        {(control) => (
          <Select
            {...control}
            value={draft.holder}
            onChange={(event) => setDraft({ ...draft, holder: event.target.value })}
          >
            <option value="">Choose a person</option>
            {holders.map((person) => (
              <option key={person.id} value={person.name}>
                {person.displayName} ({person.name})
              </option>
            ))}
          </Select>
        )}
      </Field>
    </FormDialog>
  );
}
