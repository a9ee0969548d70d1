'use client';

import { useState } from 'react';
import type { z } from 'zod';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Select } from '@/components/ui/select';
import {
  type AddPersonInput,
  addPersonSchema,
  type PersonDto,
  updatedPersonSchema,
} from '@/lib/contracts/person';
import { roleSchema } from '@/lib/contracts/scalars';
import { AccountNameFields } from './account-name-fields';
import { fieldErrors } from './field-errors';
import type { OneTimePassword } from './one-time-password-dialog';
import { splitProblem } from './problem-fields';
import { ROLES } from './role-names';
import { StageRolesField } from './stage-roles-field';
import { useSettingsMutation } from './use-settings-mutation';

export interface PersonDialogProps {
  /** null: a new one. */
  person: PersonDto | null;
  /** Names of all stages. */
  stages: readonly string[];
  onClose: () => void;
  /** Called when it is done; with the one-time password where one was made. */
  onPassword: (made: OneTimePassword | null) => void;
}

type Saved = z.infer<typeof updatedPersonSchema>;

/** Adds a person or changes display name and roles. */
export function PersonDialog({ person, stages, onClose, onPassword }: PersonDialogProps) {
  const [draft, setDraft] = useState<AddPersonInput>({
    name: person?.name ?? '',
    displayName: person?.displayName ?? '',
    role: person?.role ?? 'viewer',
    stageRoles: person?.stageRoles ?? [],
  });
  const canHaveStageRoles = draft.role !== 'admin' && draft.role !== 'auditor';
  const [errors, setErrors] = useState<Record<string, string>>({});
  const save = useSettingsMutation<AddPersonInput, Saved>({
    method: person === null ? 'POST' : 'PATCH',
    path: person === null ? '/api/people' : `/api/people/${encodeURIComponent(person.id)}`,
    body: ({ name, ...rest }) => (person === null ? { name, ...rest } : rest),
    schema: updatedPersonSchema,
    onDone: (saved) =>
      onPassword(
        saved.oneTimePassword === null ? null : { name: saved.person.name, password: saved.oneTimePassword },
      ),
  });

  const refused = splitProblem(save.error, ['name', 'displayName', 'role', 'stageRoles']);
  const shown = { ...refused.fields, ...errors };

  function submit() {
    const parsed = addPersonSchema.safeParse({
      ...draft,
      name: draft.name.trim(),
      stageRoles: canHaveStageRoles ? draft.stageRoles : [],
    });
    setErrors(parsed.success ? {} : fieldErrors(parsed.error));
    if (parsed.success && !save.isBusy) save.mutate(parsed.data);
  }

  return (
    <FormDialog
      title={person === null ? 'Add a person' : `Change ${person.name}`}
      act={person === null ? 'Add' : 'Save'}
      isBusy={save.isBusy}
      error={refused.rest}
      onSubmit={submit}
      onClose={onClose}
    >
      <AccountNameFields
        names={draft}
        errors={shown}
        hint={
          person === null ? 'For signing in. It stands in the history for ever and can’t be changed.' : null
        }
        onChange={(part) => setDraft({ ...draft, ...part })}
      />
      <Field label="Role" hint={`${ROLES[draft.role].name}: ${ROLES[draft.role].may}.`} error={shown.role}>
        {(control) => (
          <Select
            {...control}
            value={draft.role}
            onChange={(event) => setDraft({ ...draft, role: roleSchema.parse(event.target.value) })}
          >
            {roleSchema.options.map((role) => (
              <option key={role} value={role}>
                {ROLES[role].name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {canHaveStageRoles && stages.length > 0 ? (
        <StageRolesField
          stages={stages}
          role={draft.role}
          value={draft.stageRoles ?? []}
          error={shown.stageRoles}
          onChange={(stageRoles) => setDraft({ ...draft, stageRoles })}
        />
      ) : null}
      {person === null ? (
        <p className="text-muted">A one-time password is made. You see it once, on the next screen.</p>
      ) : null}
    </FormDialog>
  );
}
