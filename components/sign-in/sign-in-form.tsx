'use client';

import { signIn } from 'next-auth/react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Problem } from '@/components/ui/problem';
import { useEarlyInput } from '@/components/ui/use-early-input';
import type { ProblemDto } from '@/lib/contracts/scalars';
import { signInProblem } from './sign-in-problem';

/** Name and password. Both stay in their fields when they are refused, so that a slip can be mended. */
export function SignInForm({ callbackUrl }: { callbackUrl: string }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemDto | null>(null);
  const { formRef, isReady } = useEarlyInput((early) => {
    if (early.name !== undefined) setName(early.name);
    if (early.password !== undefined) setPassword(early.password);
  });

  async function submit() {
    if (isBusy) return;
    setIsBusy(true);
    setProblem(null);
    const refusal = await trySignIn(name.trim(), password);
    if (refusal === null) {
      // A whole new page: nothing of who was here before stays in memory.
      window.location.assign(callbackUrl);
      return;
    }
    setIsBusy(false);
    setProblem(refusal);
  }

  return (
    <form
      ref={formRef}
      className="grid gap-3.5"
      // Were it sent before the page’s script runs, the password must not end up in the address.
      method="post"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Problem problem={problem} />
      <Field label="Name">
        {(control) => (
          <Input
            {...control}
            name="name"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            autoFocus
            required
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <Field label="Password">
        {(control) => (
          <Input
            {...control}
            name="password"
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <Button variant="primary" type="submit" isBusy={isBusy} disabled={!isReady}>
        Sign in
      </Button>
    </form>
  );
}

/** Asks to be signed in. Returns why not, or null. */
async function trySignIn(name: string, password: string): Promise<ProblemDto | null> {
  try {
    const answer = await signIn('credentials', { redirect: false, name, password });
    if (answer?.ok === true && answer.error === null) return null;
    return signInProblem(answer?.error ?? null, answer?.status ?? 0);
  } catch {
    // next-auth throws where the answer was not its own: no network, or a proxy's error page.
    return signInProblem(null, 0);
  }
}
