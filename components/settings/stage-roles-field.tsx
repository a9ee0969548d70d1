import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import type { RoleOnStage } from '@/lib/contracts/person';
import { type Role, stageRoleSchema } from '@/lib/contracts/scalars';
import { ROLES } from './role-names';

export interface StageRolesFieldProps {
  stages: readonly string[];
  /** What they are everywhere else. */
  role: Role;
  value: readonly RoleOnStage[];
  error: string | undefined;
  onChange: (value: RoleOnStage[]) => void;
}

/** Which role somebody has for each stage, where it is another than everywhere. */
export function StageRolesField({ stages, role, value, error, onChange }: StageRolesFieldProps) {
  const setRole = (stage: string, chosen: string) => {
    const others = value.filter((each) => each.stage !== stage);
    const parsed = stageRoleSchema.safeParse(chosen);
    onChange(parsed.success ? [...others, { stage, role: parsed.data }] : others);
  };
  return (
    <fieldset className="grid gap-2.5">
      <legend className="mb-1 font-medium">Role for single stages</legend>
      <p className="text-sm text-muted">
        It takes the place of the other for what leads into the stage. Everybody reads all stages.
      </p>
      <div className="grid gap-2.5 sm:grid-cols-2">
        {stages.map((stage) => (
          <Field key={stage} label={stage}>
            {(control) => (
              <Select
                {...control}
                value={value.find((each) => each.stage === stage)?.role ?? ''}
                onChange={(event) => setRole(stage, event.target.value)}
              >
                <option value="">As everywhere ({ROLES[role].name})</option>
                {stageRoleSchema.options.map((each) => (
                  <option key={each} value={each}>
                    {ROLES[each].name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        ))}
      </div>
      {error === undefined ? null : <p className="text-sm text-bad">{error}</p>}
    </fieldset>
  );
}
