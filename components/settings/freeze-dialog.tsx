'use client';

import { useState } from 'react';
import { FormDialog } from '@/components/ui/form-dialog';
import { type FreezeDto, type FreezeInput, freezeInputSchema, freezeSchema } from '@/lib/contracts/freeze';
import { fieldErrors } from './field-errors';
import { draftOf, type FreezeDraft, timesOf } from './freeze-draft';
import { FreezeFields } from './freeze-fields';
import { FreezePreview } from './freeze-preview';
import { splitProblem } from './problem-fields';
import { useFreezePreview } from './use-freeze-preview';
import { useSettingsMutation } from './use-settings-mutation';

export interface FreezeDialogProps {
  /** null: a new one. */
  freeze: FreezeDto | null;
  stages: readonly string[];
  onClose: () => void;
}

const TIMES = ['start', 'end', 'timeZone', 'rule'];

/** Adds a freeze window or changes it; while it is typed it shows when it would hold. */
export function FreezeDialog({ freeze, stages, onClose }: FreezeDialogProps) {
  const [draft, setDraft] = useState(() => draftOf(freeze, Intl.DateTimeFormat().resolvedOptions().timeZone));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const save = useSettingsMutation<FreezeInput, FreezeDto>({
    method: freeze === null ? 'POST' : 'PATCH',
    path: freeze === null ? '/api/freezes' : `/api/freezes/${encodeURIComponent(freeze.id)}`,
    schema: freezeSchema,
    onDone: onClose,
  });
  const preview = useFreezePreview(timesOf(draft));
  const previewed = splitProblem(preview.error, TIMES);
  const refused = splitProblem(save.error, ['name', 'reason', 'stage', ...TIMES]);

  function change(part: Partial<FreezeDraft>) {
    setDraft({ ...draft, ...part });
    setErrors({});
    save.reset();
  }

  function submit() {
    const parsed = freezeInputSchema.safeParse({
      name: draft.name,
      reason: draft.reason,
      stage: draft.stage === '' ? null : draft.stage,
      ...timesOf(draft),
    });
    setErrors(parsed.success ? {} : fieldErrors(parsed.error));
    if (parsed.success && !save.isBusy) save.mutate(parsed.data);
  }

  return (
    <FormDialog
      title={freeze === null ? 'Add a freeze window' : `Change ${freeze.name}`}
      act={freeze === null ? 'Add this freeze window' : 'Save'}
      isBusy={save.isBusy}
      error={refused.rest ?? previewed.rest}
      aside={<FreezePreview next={preview.next} isPending={preview.isPending} />}
      onSubmit={submit}
      onClose={onClose}
    >
      <FreezeFields
        draft={draft}
        errors={{ ...previewed.fields, ...refused.fields, ...errors }}
        stages={stages}
        onChange={change}
      />
    </FormDialog>
  );
}
