import type { ComponentProps } from 'react';

/** How every text control looks; shared by Input, Textarea and Select. */
export const CONTROL_CLASS =
  'w-full min-w-0 rounded-md border border-field bg-panel text-text text-base transition-colors hover:border-muted focus-visible:outline-offset-0 aria-invalid:border-bad disabled:opacity-60 disabled:bg-sunken';

export function Input({ className, ...props }: ComponentProps<'input'>) {
  return <input {...props} className={`${CONTROL_CLASS} min-h-[30px] px-2.5 py-1 ${className ?? ''}`} />;
}
