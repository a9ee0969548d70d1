import type { ComponentProps } from 'react';
import { CONTROL_CLASS } from './input';

/** The browser's own select: it works with every keyboard, screen reader and phone. */
export function Select({ className, ...props }: ComponentProps<'select'>) {
  return <select {...props} className={`${CONTROL_CLASS} min-h-[30px] py-1 pr-7 pl-2 ${className ?? ''}`} />;
}
