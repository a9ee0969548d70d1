import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/textarea';

export interface ReasonFieldProps {
  hint: string;
  value: string;
  error: string | null;
  onChange: (text: string) => void;
}

/** Why somebody does something. */
export function ReasonField({ hint, value, error, onChange }: ReasonFieldProps) {
  return (
    <Field label="Reason" hint={hint} error={error}>
      {(control) => (
        <Textarea
          {...control}
          required
          rows={3}
          maxLength={500}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
