import type { ComponentProps, ReactNode } from 'react';

export interface CheckboxProps extends Omit<ComponentProps<'input'>, 'type'> {
  label: ReactNode;
  hint?: ReactNode;
}

/** A checkbox with its label; `aria-label` may name it where the label is short. */
export function Checkbox({ label, hint, className, ...props }: CheckboxProps) {
  return (
    <label className={`flex items-start gap-2 ${className ?? ''}`}>
      <input {...props} type="checkbox" className="mt-[3px] size-3.5 shrink-0 accent-brand" />
      <span className="min-w-0">
        {label}
        {hint ? <span className="block text-sm text-muted">{hint}</span> : null}
      </span>
    </label>
  );
}
