import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';

/** Who may publish without approval, as it is typed. */
export interface EdgeEmergencyDraft {
  /** null: nobody. */
  emergencyGroup: string | null;
  /** As typed. */
  emergencyReviewHours: string;
}

export interface EdgeEmergencyFieldsProps {
  draft: EdgeEmergencyDraft;
  groups: readonly string[];
  errors: Record<string, string>;
  onChange: (part: Partial<EdgeEmergencyDraft>) => void;
}

/** Who may break the glass, and until when that has to be reviewed. */
export function EdgeEmergencyFields({ draft, groups, errors, onChange }: EdgeEmergencyFieldsProps) {
  return (
    <div className="grid items-start gap-3 sm:grid-cols-2">
      <Field
        label="Publish without approval"
        hint="In an emergency: release managers of this group may, with a reason; it is reviewed afterwards."
        error={errors.emergencyGroup}
      >
        {(control) => (
          <Select
            {...control}
            value={draft.emergencyGroup ?? ''}
            onChange={(event) => onChange({ emergencyGroup: event.target.value || null })}
          >
            <option value="">nobody</option>
            {groups.map((group) => (
              <option key={group}>{group}</option>
            ))}
          </Select>
        )}
      </Field>
      {draft.emergencyGroup === null ? null : (
        <Field
          label="Review that within (hours)"
          hint="Reviewers are reminded once it is overdue. 1 to 168."
          error={errors.emergencyReviewHours}
        >
          {(control) => (
            <Input
              {...control}
              inputMode="numeric"
              value={draft.emergencyReviewHours}
              onChange={(event) => onChange({ emergencyReviewHours: event.target.value })}
            />
          )}
        </Field>
      )}
    </div>
  );
}
