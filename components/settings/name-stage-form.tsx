'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { focusFirstInvalid } from '@/components/ui/focus-first-invalid';
import { Input } from '@/components/ui/input';
import { Problem } from '@/components/ui/problem';
import { type AddStageInput, addStageSchema, stageSchema } from '@/lib/contracts/stage';
import { fieldErrors } from './field-errors';
import { splitProblem } from './problem-fields';
import { useSettingsMutation } from './use-settings-mutation';

export interface NameStageFormProps {
  repoPath: string;
  nextPosition: number;
  onAdded: () => void;
}

/** A name and a place for a repository that was looked at. */
export function NameStageForm({ repoPath, nextPosition, onAdded }: NameStageFormProps) {
  const router = useRouter();
  const [name, setName] = useState('');
  const [position, setPosition] = useState(String(nextPosition));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const add = useSettingsMutation<AddStageInput, { name: string }>({
    method: 'POST',
    path: '/api/stages',
    schema: stageSchema,
    onDone: (stage) => {
      onAdded();
      router.push(`/settings/stages/${stage.name}`);
    },
  });

  const refused = splitProblem(add.error, ['name', 'position']);
  const shown = { ...refused.fields, ...errors };

  function submit() {
    const parsed = addStageSchema.safeParse({ name: name.trim(), repoPath, position: Number(position) });
    setErrors(parsed.success ? {} : fieldErrors(parsed.error));
    if (parsed.success && !add.isBusy) add.mutate(parsed.data);
  }

  return (
    <form
      className="grid gap-3"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
        focusFirstInvalid(event.currentTarget);
      }}
    >
      <div className="grid items-start gap-3 sm:grid-cols-[1fr_160px]">
        <Field
          label="Stage name"
          hint="It is part of the address that clients pull from, and can’t be changed later."
          error={shown.name}
        >
          {(control) => (
            <Input
              {...control}
              placeholder="staging"
              autoComplete="off"
              spellCheck={false}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field label="Position" hint="From left to right on the board." error={shown.position}>
          {(control) => (
            <Input
              {...control}
              type="number"
              min={0}
              max={999}
              value={position}
              onChange={(event) => setPosition(event.target.value)}
            />
          )}
        </Field>
      </div>
      <Problem error={refused.rest} />
      <Button type="submit" variant="primary" isBusy={add.isBusy} className="justify-self-start">
        Add this stage
      </Button>
    </form>
  );
}
