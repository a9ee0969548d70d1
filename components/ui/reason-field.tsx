import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/textarea';

export interface ReasonFieldProps {
  hint: string;
  value: string;
  error: string | null;
  onChange: (text: string) => void;
  /** In characters. */
  maxLength?: number;
}

/** Why somebody does something. */
export function ReasonField({ hint, value, error, onChange, maxLength = 500 }: ReasonFieldProps) {
  return (
    <Field label="Reason" hint={hint} error={error}>
      {(control) => (
        <Textarea
          {...control}
          required
          rows={3}
          maxLength={maxLength}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
