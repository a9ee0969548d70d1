'use client';

import { useState } from 'react';
import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { PersonDto } from '@/lib/contracts/person';
import { type GroupDto, groupNameSchema, groupSchema } from '@/lib/contracts/policy';
import { PolicyEffect } from './policy-effect';
import { splitProblem } from './problem-fields';
import { ROLES } from './role-names';
import { usePolicyEffect } from './use-policy-effect';
import { useSettingsMutation } from './use-settings-mutation';

export interface GroupDialogProps {
  /** null: a new one. */
  group: GroupDto | null;
  people: readonly PersonDto[];
  onClose: () => void;
}

/** Adds a group or says who is in it; before saving it shows whose approvals that would void. */
export function GroupDialog({ group, people, onClose }: GroupDialogProps) {
  const [name, setName] = useState(group?.name ?? '');
  const [members, setMembers] = useState<string[]>(() => group?.members.map(({ id }) => id) ?? []);
  const [nameError, setNameError] = useState<string | null>(null);
  const path = group === null ? null : `/api/groups/${encodeURIComponent(group.id)}`;
  const save = useSettingsMutation<{ name: string; members: string[] }, GroupDto>({
    method: path === null ? 'POST' : 'PATCH',
    path: path ?? '/api/groups',
    body: (input) => (path === null ? input : { members: input.members }),
    schema: groupSchema,
    onDone: onClose,
  });
  const effect = usePolicyEffect(path, { members });
  const refused = splitProblem(save.error, ['name']);

  function submit() {
    if (save.isBusy) return;
    const parsed = groupNameSchema.safeParse(name.trim());
    if (path === null && !parsed.success) {
      setNameError('Use lower-case letters, digits and hyphens, 39 at most.');
      return;
    }
    setNameError(null);
    save.mutate({ name: name.trim(), members });
  }

  return (
    <FormDialog
      title={group === null ? 'Add a group' : `Change the group ${group.name}`}
      act={group === null ? 'Add this group' : 'Save'}
      isBusy={save.isBusy}
      error={refused.rest}
      aside={
        group === null ? null : (
          <div className="w-full">
            <PolicyEffect {...effect} />
          </div>
        )
      }
      onSubmit={submit}
      onClose={onClose}
    >
      {group === null ? (
        <Field
          label="Name"
          hint="It stands in plans and in the history, and can’t be changed."
          error={nameError ?? refused.fields.name}
        >
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              value={name}
              onChange={(event) => {
                setName(event.target.value);
                setNameError(null);
              }}
            />
          )}
        </Field>
      ) : null}
      <fieldset className="grid gap-2">
        <legend className="mb-1 font-medium">Who is in it</legend>
        {people.map((person) => (
          <Checkbox
            key={person.id}
            label={<UnsafeText text={person.displayName} />}
            hint={hintOf(person)}
            checked={members.includes(person.id)}
            onChange={(event) =>
              setMembers(
                event.target.checked
                  ? [...members, person.id]
                  : members.filter((member) => member !== person.id),
              )
            }
          />
        ))}
      </fieldset>
      <p className="text-muted">
        Whoever comes in approves what is asked for from now on: those who were in it then approve what waits
        already.
      </p>
    </FormDialog>
  );
}

function hintOf(person: PersonDto): string {
  const there = person.stageRoles.map(({ stage, role: each }) => `${ROLES[each].name} for ${stage}`);
  const role = [ROLES[person.role].name, ...there].join(', ');
  if (person.disabledAt !== null) return `${person.name}, ${role}: disabled, so can’t approve`;
  const isReviewer = [person, ...person.stageRoles].some((each) => each.role === 'reviewer');
  return isReviewer ? `${person.name}, ${role}` : `${person.name}, ${role}: only reviewers approve`;
}
