import type { ComponentProps } from 'react';
import { CONTROL_CLASS } from './input';

export function Textarea({ className, rows = 3, ...props }: ComponentProps<'textarea'>) {
  return (
    <textarea {...props} rows={rows} className={`${CONTROL_CLASS} block px-2.5 py-1.5 ${className ?? ''}`} />
  );
}
