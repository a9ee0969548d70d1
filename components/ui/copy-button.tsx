'use client';

import { Check, Copy, X } from 'lucide-react';
import { useEffect, useState } from 'react';

export interface CopyButtonProps {
  text: string;
  /** What is copied: "checksum 9f31ac02e1". Said as "Copy checksum 9f31ac02e1". */
  label: string;
  className?: string;
}

/**
 * Copies by the clipboard API, or where the page has no right to it (plain http on a host name) by a
 * selected text area.
 */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.setAttribute('readonly', '');
    area.className = 'fixed top-0 left-0 opacity-0';
    document.body.append(area);
    area.select();
    const isCopied = document.execCommand('copy');
    area.remove();
    return isCopied;
  }
}

export function CopyButton({ text, label, className }: CopyButtonProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), 1600);
    return () => clearTimeout(timer);
  }, [state]);
  const Icon = state === 'copied' ? Check : state === 'failed' ? X : Copy;
  return (
    <button
      type="button"
      aria-label={`Copy ${label}`}
      title={state === 'failed' ? 'Could not copy: select the text instead' : 'Copy'}
      onClick={async (event) => {
        event.stopPropagation();
        setState((await copyText(text)) ? 'copied' : 'failed');
      }}
      className={`inline-grid size-6 shrink-0 place-items-center rounded-sm align-middle text-faint hover:bg-hover hover:text-text ${className ?? ''}`}
    >
      <Icon aria-hidden="true" className={`size-3.5 ${state === 'copied' ? 'text-ok' : ''}`} />
      <span role="status" className="sr-only">
        {state === 'copied' ? 'Copied' : state === 'failed' ? 'Could not copy' : ''}
      </span>
    </button>
  );
}
