import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';

interface Names {
  name: string;
  displayName: string;
}

export interface AccountNameFieldsProps {
  names: Names;
  /** By field. */
  errors: Readonly<Record<string, string>>;
  /** What a new account's name is for; null where it has one already. */
  hint: string | null;
  onChange: (part: Partial<Names>) => void;
}

/** How an account is called: by its name, which stays, and on pages. */
export function AccountNameFields({ names, errors, hint, onChange }: AccountNameFieldsProps) {
  return (
    <>
      {hint === null ? null : (
        <Field label="Name" hint={hint} error={errors.name}>
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              value={names.name}
              onChange={(event) => onChange({ name: event.target.value })}
            />
          )}
        </Field>
      )}
      <Field label="Display name" error={errors.displayName}>
        {(control) => (
          <Input
            {...control}
            autoComplete="off"
            value={names.displayName}
            onChange={(event) => onChange({ displayName: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}
