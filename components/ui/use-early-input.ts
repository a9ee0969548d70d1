import { type RefObject, useEffect, useEffectEvent, useRef, useState } from 'react';

/**
 * For a form whose fields are state: what was typed, or filled in by a password manager, before the page's
 * script ran would be lost at the first render after it. `take` gets the form's values once the script runs.
 * @returns the form's ref, and whether the form can be sent by script yet
 */
export function useEarlyInput(take: (values: Record<string, string>) => void): {
  formRef: RefObject<HTMLFormElement | null>;
  isReady: boolean;
} {
  const formRef = useRef<HTMLFormElement>(null);
  const [isReady, setIsReady] = useState(false);
  const onReady = useEffectEvent(() => {
    if (formRef.current === null) return;
    const entries = [...new FormData(formRef.current)].filter(([, value]) => value !== '');
    take(Object.fromEntries(entries.map(([key, value]) => [key, String(value)])));
  });
  useEffect(() => {
    onReady();
    setIsReady(true);
  }, []);
  return { formRef, isReady };
}
