'use client';

import { useCallback, useEffect, useState } from 'react';

/**
 * Text that survives a reload, a sign-in in between and a closed dialog, for as long as the browser's
 * tab lives. Keep it to what a person types as prose: never a password.
 * @param key what the text belongs to, such as `promotion-reason`
 * @returns the text, a setter, and `clear` for when it was sent
 */
export function useDraft(key: string): [text: string, setText: (text: string) => void, clear: () => void] {
  const name = `treeline:draft:${key}`;
  const [text, setText] = useState('');
  // After hydration, since the server doesn't know the draft.
  useEffect(() => {
    const kept = readDraft(name);
    if (kept !== null) setText(kept);
  }, [name]);
  const change = useCallback(
    (next: string) => {
      setText(next);
      writeDraft(name, next);
    },
    [name],
  );
  const clear = useCallback(() => writeDraft(name, ''), [name]);
  return [text, change, clear];
}

function readDraft(name: string): string | null {
  try {
    return sessionStorage.getItem(name);
  } catch {
    // Storage is switched off: the text then lives as long as the page.
    return null;
  }
}

function writeDraft(name: string, text: string): void {
  try {
    if (text === '') sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, text);
  } catch {
    // As above.
    return;
  }
}
