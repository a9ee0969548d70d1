import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { type CheckLevel, checkLevelSchema, type ExternalCheck } from '@/lib/contracts/edge-checks';
import { ExternalChecksField } from './external-checks-field';

/** The checks of an edge as they are typed. */
export interface EdgeChecksDraft {
  /** As typed. */
  soakHours: string;
  versionCheck: CheckLevel;
  fastForwardCheck: CheckLevel;
  sourceFsckCheck: CheckLevel;
  externalChecks: ExternalCheck[];
}

export interface EdgeCheckFieldsProps {
  draft: EdgeChecksDraft;
  errors: Record<string, string>;
  onChange: (part: Partial<EdgeChecksDraft>) => void;
}

/** What an edge asks of the commits themselves, beside approvals. */
export function EdgeCheckFields({ draft, errors, onChange }: EdgeCheckFieldsProps) {
  return (
    <>
      <Field
        label="Soak time in the source stage (hours)"
        hint="An approved run waits until each commit has been there for so long. 0: no time. Up to 720."
        error={errors.soakHours}
        className="max-w-72"
      >
        {(control) => (
          <Input
            {...control}
            inputMode="numeric"
            value={draft.soakHours}
            onChange={(event) => onChange({ soakHours: event.target.value })}
          />
        )}
      </Field>
      <div className="grid items-start gap-3 sm:grid-cols-2">
        <LevelField
          label="Fast-forward"
          hint="The target’s head is among the ancestors of what replaces it."
          value={draft.fastForwardCheck}
          onChange={(fastForwardCheck) => onChange({ fastForwardCheck })}
        />
        <LevelField
          label="Later version"
          hint="The commit’s version is later than that of the target’s head, as rpm compares."
          value={draft.versionCheck}
          onChange={(versionCheck) => onChange({ versionCheck })}
        />
        <LevelField
          label="Source fsck"
          hint="The worker hashes every object of the commit in the source stage; a run waits for it where required."
          value={draft.sourceFsckCheck}
          onChange={(sourceFsckCheck) => onChange({ sourceFsckCheck })}
        />
      </div>
      <ExternalChecksField
        checks={draft.externalChecks}
        error={errors.externalChecks}
        onChange={(externalChecks) => onChange({ externalChecks })}
      />
    </>
  );
}

const LEVELS: Record<CheckLevel, string> = {
  off: 'off',
  advisory: 'advisory: a warning',
  required: 'required',
};

interface LevelFieldProps {
  label: string;
  hint: string;
  value: CheckLevel;
  onChange: (level: CheckLevel) => void;
}

function LevelField({ label, hint, value, onChange }: LevelFieldProps) {
  return (
    <Field label={label} hint={hint}>
      {(control) => (
        <Select
          {...control}
          value={value}
          onChange={(event) => onChange(checkLevelSchema.parse(event.target.value))}
        >
          {checkLevelSchema.options.map((level) => (
            <option key={level} value={level}>
              {LEVELS[level]}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
