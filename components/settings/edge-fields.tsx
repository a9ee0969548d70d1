import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { Textarea } from '@/components/ui/textarea';
import type { ApprovalRule } from '@/lib/contracts/policy';
import { ApprovalRulesField } from './approval-rules-field';
import { type EdgeAutomaticDraft, EdgeAutomaticFields } from './edge-automatic-fields';
import { EdgeCheckFields, type EdgeChecksDraft } from './edge-check-fields';
import { type EdgeEmergencyDraft, EdgeEmergencyFields } from './edge-emergency-fields';

/** An edge as it is typed. */
export interface EdgeDraft extends EdgeChecksDraft, EdgeEmergencyDraft, EdgeAutomaticDraft {
  from: string;
  to: string;
  mode: 'identity' | 'recommit';
  /** One a line. */
  refGlobs: string;
  /** `from = to`, one a line. */
  renames: string;
  verifyObjects: boolean;
  requireSourceHead: boolean;
  approvalRules: ApprovalRule[];
  /** As typed. */
  approvalExpiryHours: string;
  isApprovalShared: boolean;
}

export interface EdgeFieldsProps {
  draft: EdgeDraft;
  errors: Record<string, string>;
  stages: readonly string[];
  groups: readonly string[];
  isNew: boolean;
  onChange: (part: Partial<EdgeDraft>) => void;
}

/** The fields of an edge. */
export function EdgeFields({ draft, errors, stages, groups, isNew, onChange }: EdgeFieldsProps) {
  return (
    <>
      {isNew ? (
        <div className="grid items-start gap-3 sm:grid-cols-2">
          <StageField
            label="From"
            value={draft.from}
            stages={stages}
            onChange={(from) => onChange({ from })}
          />
          <StageField
            label="To"
            value={draft.to}
            stages={stages}
            error={errors.to}
            onChange={(to) => onChange({ to })}
          />
        </div>
      ) : null}
      <Field
        label="Refs"
        hint="One a line. * stands for a part between slashes, ** for any number of them: os/*/stable, os/**."
        error={errors.refGlobs}
      >
        {(control) => (
          <Textarea
            {...control}
            rows={3}
            className="font-mono text-sm"
            spellCheck={false}
            value={draft.refGlobs}
            onChange={(event) => onChange({ refGlobs: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="Mode"
        hint={
          draft.mode === 'identity'
            ? 'The same commit, with the same checksum, in the target.'
            : 'A new commit with the same tree, on top of the target’s head, signed with the target’s key.'
        }
        error={errors.mode}
      >
        {(control) => (
          <Select
            {...control}
            value={draft.mode}
            onChange={(event) =>
              onChange({ mode: event.target.value === 'recommit' ? 'recommit' : 'identity' })
            }
          >
            <option value="identity">identity</option>
            <option value="recommit">recommit</option>
          </Select>
        )}
      </Field>
      <Field
        label="Renames (optional)"
        hint="old/name = new/name, one a line. A renamed ref needs recommit, unless the commit is bound to the new name already."
        error={errors.renames}
      >
        {(control) => (
          <Textarea
            {...control}
            rows={2}
            className="font-mono text-sm"
            spellCheck={false}
            value={draft.renames}
            onChange={(event) => onChange({ renames: event.target.value })}
          />
        )}
      </Field>
      <ApprovalRulesField
        rules={draft.approvalRules}
        groups={groups}
        error={errors.approvalRules}
        onChange={(approvalRules) => onChange({ approvalRules })}
      />
      {draft.approvalRules.length > 1 ? (
        <Checkbox
          label="One approval counts for every group its giver is in"
          hint="Off: each approval counts once, so that two rules need two people."
          checked={draft.isApprovalShared}
          onChange={(event) => onChange({ isApprovalShared: event.target.checked })}
        />
      ) : null}
      <Field
        label="Approvals expire after (hours)"
        hint="A run that begins later asks for them anew. 1 to 720."
        error={errors.approvalExpiryHours}
        className="max-w-72"
      >
        {(control) => (
          <Input
            {...control}
            inputMode="numeric"
            value={draft.approvalExpiryHours}
            onChange={(event) => onChange({ approvalExpiryHours: event.target.value })}
          />
        )}
      </Field>
      <EdgeAutomaticFields draft={draft} errors={errors} onChange={onChange} />
      <EdgeEmergencyFields draft={draft} groups={groups} errors={errors} onChange={onChange} />
      <EdgeCheckFields draft={draft} errors={errors} onChange={onChange} />
      <Checkbox
        label="Hash every new object before it is linked"
        hint="Off: only types are checked. Faster, and a corrupt object of the source would be published."
        checked={draft.verifyObjects}
        onChange={(event) => onChange({ verifyObjects: event.target.checked })}
      />
      <Checkbox
        label="Only heads"
        hint="A run ends stale if the source ref has moved on since the plan was fixed."
        checked={draft.requireSourceHead}
        onChange={(event) => onChange({ requireSourceHead: event.target.checked })}
      />
    </>
  );
}

interface StageFieldProps {
  label: string;
  value: string;
  stages: readonly string[];
  error?: string;
  onChange: (stage: string) => void;
}

function StageField({ label, value, stages, error, onChange }: StageFieldProps) {
  return (
    <Field label={label} error={error}>
      {(control) => (
        <Select {...control} value={value} onChange={(event) => onChange(event.target.value)}>
          {stages.map((stage) => (
            <option key={stage}>{stage}</option>
          ))}
        </Select>
      )}
    </Field>
  );
}
