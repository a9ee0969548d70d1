import { useState } from 'react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { type FreezeDraft, REPEATS } from './freeze-draft';

export interface FreezeFieldsProps {
  draft: FreezeDraft;
  errors: Record<string, string>;
  stages: readonly string[];
  onChange: (part: Partial<FreezeDraft>) => void;
}

/** The fields of a freeze window. */
export function FreezeFields({ draft, errors, stages, onChange }: FreezeFieldsProps) {
  const [zones] = useState(() => Intl.supportedValuesOf('timeZone'));
  return (
    <>
      <Field label="Name" hint="Whoever has to wait reads it." error={errors.name}>
        {(control) => (
          <Input
            {...control}
            autoComplete="off"
            maxLength={60}
            value={draft.name}
            onChange={(event) => onChange({ name: event.target.value })}
          />
        )}
      </Field>
      <Field label="Reason" error={errors.reason}>
        {(control) => (
          <Input
            {...control}
            autoComplete="off"
            maxLength={500}
            value={draft.reason}
            onChange={(event) => onChange({ reason: event.target.value })}
          />
        )}
      </Field>
      <Field label="Stage" hint="Nothing is published into it." error={errors.stage} className="max-w-72">
        {(control) => (
          <Select
            {...control}
            value={draft.stage}
            onChange={(event) => onChange({ stage: event.target.value })}
          >
            <option value="">all stages</option>
            {stages.map((stage) => (
              <option key={stage} value={stage}>
                {stage}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <div className="grid items-start gap-3 sm:grid-cols-2">
        {(['start', 'end'] as const).map((field) => (
          <Field key={field} label={field === 'start' ? 'Start' : 'End'} error={errors[field]}>
            {(control) => (
              <Input
                {...control}
                type="datetime-local"
                value={draft[field]}
                onChange={(event) => onChange({ [field]: event.target.value.slice(0, 16) })}
              />
            )}
          </Field>
        ))}
      </div>
      <div className="grid items-start gap-3 sm:grid-cols-2">
        <Field
          label="Time zone"
          hint="Start and end are what clocks show there, before and after they change."
          error={errors.timeZone}
        >
          {(control) => (
            <>
              <Input
                {...control}
                list="freeze-zones"
                autoComplete="off"
                spellCheck={false}
                value={draft.timeZone}
                onChange={(event) => onChange({ timeZone: event.target.value })}
              />
              <datalist id="freeze-zones">
                {zones.map((zone) => (
                  <option key={zone} value={zone} />
                ))}
              </datalist>
            </>
          )}
        </Field>
        <Field label="Repeats" error={draft.repeat === 'rule' ? null : errors.rule}>
          {(control) => (
            <Select
              {...control}
              value={draft.repeat}
              onChange={(event) => {
                const repeat = REPEATS.find(({ value }) => value === event.target.value);
                if (repeat) onChange({ repeat: repeat.value });
              }}
            >
              {REPEATS.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      {draft.repeat === 'rule' ? (
        <Field
          label="Rule"
          hint="As RFC 5545 has it: FREQ=WEEKLY;INTERVAL=2 or FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20271231"
          error={errors.rule}
        >
          {(control) => (
            <Input
              {...control}
              className="font-mono text-sm"
              autoComplete="off"
              spellCheck={false}
              maxLength={500}
              value={draft.rule}
              onChange={(event) => onChange({ rule: event.target.value })}
            />
          )}
        </Field>
      ) : null}
    </>
  );
}
