'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, ButtonLink } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { focusFirstInvalid } from '@/components/ui/focus-first-invalid';
import { Input } from '@/components/ui/input';
import { Problem } from '@/components/ui/problem';
import { useEarlyInput } from '@/components/ui/use-early-input';
import { type ChangePasswordInput, meSchema, newPasswordSchema } from '@/lib/contracts/person';
import { apiSend } from '@/lib/query/api';

export interface ChangePasswordFormProps {
  /** The name of whose password it is: password managers want it in the form. */
  name: string;
  /** true where it must be changed before anything else. */
  isForced: boolean;
}

/** Current and new password. */
export function ChangePasswordForm({ name, isForced }: ChangePasswordFormProps) {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [isTried, setIsTried] = useState(false);
  const { formRef, isReady } = useEarlyInput((early) => {
    if (early.current !== undefined) setCurrent(early.current);
    if (early.next !== undefined) setNext(early.next);
    if (early.again !== undefined) setAgain(early.again);
  });
  const change = useMutation({
    mutationFn: (input: ChangePasswordInput) => apiSend('POST', '/api/me/password', input, meSchema),
    onSuccess: () => window.location.assign('/'),
  });
  const errors = passwordErrors(current, next, again);

  function submit() {
    setIsTried(true);
    if (change.isPending || change.isSuccess || Object.keys(errors).length > 0) return;
    change.mutate({ currentPassword: current, newPassword: next });
  }

  const shown = isTried ? errors : {};
  return (
    <form
      ref={formRef}
      className="grid gap-3.5"
      // Were it sent before the page’s script runs, the password must not end up in the address.
      method="post"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
        focusFirstInvalid(event.currentTarget);
      }}
    >
      <Problem error={change.error} />
      <input type="text" name="username" autoComplete="username" value={name} readOnly hidden />
      <PasswordField
        label={isForced ? 'One-time password' : 'Current password'}
        name="current"
        autoComplete="current-password"
        autoFocus
        value={current}
        onChange={setCurrent}
        error={shown.current}
      />
      <PasswordField
        label="New password"
        hint="At least 12 characters. A few words are easier to remember than signs."
        name="next"
        autoComplete="new-password"
        value={next}
        onChange={setNext}
        error={shown.next}
      />
      <PasswordField
        label="New password again"
        name="again"
        autoComplete="new-password"
        value={again}
        onChange={setAgain}
        error={shown.again}
      />
      <div className="flex flex-wrap gap-2">
        <Button
          variant="primary"
          type="submit"
          isBusy={change.isPending || change.isSuccess}
          disabled={!isReady}
        >
          Change password
        </Button>
        {isForced ? null : <ButtonLink href="/">Cancel</ButtonLink>}
      </div>
    </form>
  );
}

interface PasswordErrors {
  current?: string;
  next?: string;
  again?: string;
}

/** What is wrong with the three fields, if anything is. */
function passwordErrors(current: string, next: string, again: string): PasswordErrors {
  const errors: PasswordErrors = {};
  if (current === '') errors.current = 'Type the password you signed in with.';
  const parsed = newPasswordSchema.safeParse(next);
  if (!parsed.success) errors.next = sentence(parsed.error.issues[0]?.message ?? 'choose another one');
  else if (next === current) errors.next = 'Choose one that differs from the current one.';
  if (again !== next) errors.again = 'The two new passwords differ.';
  return errors;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

interface PasswordFieldProps {
  label: string;
  name: 'current' | 'next' | 'again';
  hint?: string;
  autoComplete: 'current-password' | 'new-password';
  autoFocus?: boolean;
  value: string;
  onChange: (value: string) => void;
  error: string | undefined;
}

function PasswordField({ label, hint, error, onChange, ...input }: PasswordFieldProps) {
  return (
    <Field label={label} hint={hint} error={error ?? null}>
      {(control) => (
        <Input
          {...control}
          {...input}
          type="password"
          required
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
