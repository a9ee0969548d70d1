'use client';

import { useState } from 'react';
import { FormDialog } from '@/components/ui/form-dialog';
import { APPROVAL_EXPIRY_HOURS_DEFAULT, EMERGENCY_REVIEW_HOURS_DEFAULT } from '@/lib/contracts/policy';
import { type EdgeDto, type EdgeInput, edgeInputSchema, edgeSchema } from '@/lib/contracts/stage';
import { type EdgeDraft, EdgeFields } from './edge-fields';
import { parseGlobs, parseRenames, printRenames } from './edge-text';
import { fieldErrors } from './field-errors';
import { PolicyEffect } from './policy-effect';
import { splitProblem } from './problem-fields';
import { usePolicyEffect } from './use-policy-effect';
import { useSettingsMutation } from './use-settings-mutation';

export interface EdgeDialogProps {
  /** null: a new one. */
  edge: EdgeDto | null;
  stages: readonly string[];
  /** Names of groups, for approval rules. */
  groups: readonly string[];
  onClose: () => void;
}

/** What the server may find wrong that has a field here. */
const FIELDS = [
  'to',
  'mode',
  'refGlobs',
  'renames',
  'approvalRules',
  'approvalExpiryHours',
  'soakHours',
  'externalChecks',
  'emergencyGroup',
  'emergencyReviewHours',
  'automaticRefs',
] as const;

/** Adds an edge or changes its rules. */
export function EdgeDialog({ edge, stages, groups, onClose }: EdgeDialogProps) {
  const [draft, setDraft] = useState<EdgeDraft>(() => draftOf(edge, stages));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const save = useSettingsMutation<EdgeInput, EdgeDto>({
    method: edge === null ? 'POST' : 'PATCH',
    path: edge === null ? '/api/edges' : `/api/edges/${encodeURIComponent(edge.id)}`,
    // The two ends of an edge stay: another way is another edge.
    body: (input) => (edge === null ? input : { ...input, from: undefined, to: undefined }),
    schema: edgeSchema,
    onDone: onClose,
  });

  const { input: valid } = readDraft(draft);
  const change = valid === null ? null : { ...valid, from: undefined, to: undefined };
  const effect = usePolicyEffect(edge === null ? null : `/api/edges/${encodeURIComponent(edge.id)}`, change);
  // What is wrong is found by both: the effect is asked for while the form is filled in.
  const previewed = splitProblem(effect.error, FIELDS);
  const refused = splitProblem(save.error, FIELDS);

  function changeDraft(part: Partial<EdgeDraft>) {
    setDraft({ ...draft, ...part });
    setErrors({});
    save.reset();
  }

  function submit() {
    const read = readDraft(draft);
    setErrors(read.errors);
    if (read.input !== null && !save.isBusy) save.mutate(read.input);
  }

  return (
    <FormDialog
      title={edge === null ? 'Add an edge' : `Change ${edge.from} → ${edge.to}`}
      act={edge === null ? 'Add this edge' : 'Save'}
      isBusy={save.isBusy}
      error={refused.rest}
      aside={
        edge === null ? null : (
          <div className="w-full">
            <PolicyEffect {...effect} error={previewed.rest} />
          </div>
        )
      }
      onSubmit={submit}
      onClose={onClose}
    >
      <EdgeFields
        draft={draft}
        errors={{ ...previewed.fields, ...refused.fields, ...errors }}
        stages={stages}
        groups={groups}
        isNew={edge === null}
        onChange={changeDraft}
      />
    </FormDialog>
  );
}

function draftOf(edge: EdgeDto | null, stages: readonly string[]): EdgeDraft {
  return {
    from: edge?.from ?? stages[0] ?? '',
    to: edge?.to ?? stages[1] ?? '',
    mode: edge?.mode ?? 'identity',
    refGlobs: edge?.refGlobs.join('\n') ?? '',
    renames: printRenames(edge?.renames ?? []),
    verifyObjects: edge?.verifyObjects ?? true,
    requireSourceHead: edge?.requireSourceHead ?? false,
    approvalRules: edge?.approvalRules ?? [{ group: null, required: 1 }],
    approvalExpiryHours: String(edge?.approvalExpiryHours ?? APPROVAL_EXPIRY_HOURS_DEFAULT),
    isApprovalShared: edge?.isApprovalShared ?? false,
    soakHours: String(edge?.soakHours ?? 0),
    versionCheck: edge?.versionCheck ?? 'off',
    fastForwardCheck: edge?.fastForwardCheck ?? 'advisory',
    sourceFsckCheck: edge?.sourceFsckCheck ?? 'off',
    externalChecks: edge?.externalChecks ?? [],
    automaticRefs: edge?.automaticRefs.join('\n') ?? '',
    automaticApproval: edge?.automaticApproval ?? 'as-usual',
    emergencyGroup: edge?.emergencyGroup ?? null,
    emergencyReviewHours: String(edge?.emergencyReviewHours ?? EMERGENCY_REVIEW_HOURS_DEFAULT),
  };
}

/** The draft as the API takes it, or what is wrong with it by field. */
function readDraft(draft: EdgeDraft): { input: EdgeInput | null; errors: Record<string, string> } {
  const renames = parseRenames(draft.renames);
  if (typeof renames === 'string') return { input: null, errors: { renames } };
  if (draft.from === draft.to)
    return { input: null, errors: { to: 'Choose another stage than the source.' } };
  const parsed = edgeInputSchema.safeParse({
    ...draft,
    refGlobs: parseGlobs(draft.refGlobs),
    automaticRefs: parseGlobs(draft.automaticRefs),
    renames,
    approvalExpiryHours: parseHours(draft.approvalExpiryHours),
    soakHours: parseHours(draft.soakHours),
    emergencyReviewHours: parseHours(draft.emergencyReviewHours),
    externalChecks: draft.externalChecks.map((check) => ({ ...check, name: check.name.trim() })),
  });
  if (parsed.success) return { input: parsed.data, errors: {} };
  const errors: Record<string, string> = {};
  for (const [path, text] of Object.entries(fieldErrors(parsed.error))) {
    const [field = '', index] = path.split('.');
    const line = field === 'externalChecks' ? 'Check' : 'Line';
    errors[field] ??= index === undefined ? text : `${line} ${Number(index) + 1}: ${text}`;
  }
  if (errors.approvalExpiryHours) errors.approvalExpiryHours = 'Give whole hours from 1 to 720.';
  if (errors.emergencyReviewHours) errors.emergencyReviewHours = 'Give whole hours from 1 to 168.';
  if (errors.soakHours) errors.soakHours = 'Give whole hours from 0 to 720.';
  if (parseGlobs(draft.refGlobs).length === 0) errors.refGlobs = 'Name at least one ref or glob.';
  return { input: null, errors };
}

/** Whole hours as typed; -1, which no field takes, for anything else. */
function parseHours(text: string): number {
  return /^\d{1,4}$/.test(text.trim()) ? Number(text) : -1;
}
