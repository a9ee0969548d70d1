import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import { Textarea } from '@/components/ui/textarea';
import { type AutomaticApproval, automaticApprovalSchema } from '@/lib/contracts/policy';

/** What an edge promotes by itself, as it is typed. */
export interface EdgeAutomaticDraft {
  /** One a line. */
  automaticRefs: string;
  automaticApproval: AutomaticApproval;
}

export interface EdgeAutomaticFieldsProps {
  draft: EdgeAutomaticDraft;
  errors: Record<string, string>;
  onChange: (part: Partial<EdgeAutomaticDraft>) => void;
}

/** Which refs are promoted without anybody asking, and who approves that. */
export function EdgeAutomaticFields({ draft, errors, onChange }: EdgeAutomaticFieldsProps) {
  const isOn = draft.automaticRefs.trim() !== '';
  return (
    <>
      <Field
        label="Promote by itself (optional)"
        hint="Refs or globs, one a line, of those above. Treeline asks for each new head of them whose checks pass."
        error={errors.automaticRefs}
      >
        {(control) => (
          <Textarea
            {...control}
            rows={2}
            className="font-mono text-sm"
            spellCheck={false}
            value={draft.automaticRefs}
            onChange={(event) => onChange({ automaticRefs: event.target.value })}
          />
        )}
      </Field>
      {isOn ? (
        <Field
          label="Approval of what is promoted by itself"
          hint={
            draft.automaticApproval === 'none' ? undefined : 'The rules above have to be satisfied each time.'
          }
        >
          {(control) => (
            <Select
              {...control}
              value={draft.automaticApproval}
              onChange={(event) =>
                onChange({ automaticApproval: automaticApprovalSchema.parse(event.target.value) })
              }
            >
              <option value="as-usual">as usual</option>
              <option value="none">none</option>
            </Select>
          )}
        </Field>
      ) : null}
      {isOn && draft.automaticApproval === 'none' ? (
        <p role="note" className="rounded-md border border-bad bg-bad-soft px-3 py-2">
          <b className="font-semibold text-bad">Nobody looks at it first.</b> Whoever can commit to these refs
          in the source stage publishes into the target. Checks, soak times and freezes hold all the same.
        </p>
      ) : null}
    </>
  );
}
