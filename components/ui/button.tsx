import Link from 'next/link';
import type { ButtonHTMLAttributes, ComponentProps, ReactNode } from 'react';

export type ButtonVariant = 'default' | 'primary' | 'danger' | 'ghost';
export type ButtonSize = 'sm' | 'md';

const BASE =
  'inline-flex items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap transition-colors select-none';
const SIZES: Record<ButtonSize, string> = {
  sm: 'min-h-6 px-2 text-sm',
  md: 'min-h-[30px] px-[11px] text-base',
};
const VARIANTS: Record<ButtonVariant, string> = {
  default: 'border-line-strong bg-panel text-text not-disabled:hover:bg-hover',
  primary: 'border-transparent bg-brand text-brand-ink not-disabled:hover:bg-brand-strong',
  danger: 'border-line-strong bg-panel text-bad not-disabled:hover:bg-bad-soft not-disabled:hover:border-bad',
  ghost:
    'border-transparent bg-transparent text-muted not-disabled:hover:bg-hover not-disabled:hover:text-text',
};

function buttonClass(variant: ButtonVariant, size: ButtonSize, className: string | undefined): string {
  return `${BASE} ${SIZES[size]} ${VARIANTS[variant]} disabled:opacity-55 ${className ?? ''}`;
}

/** The turning ring that a busy button shows. */
function BusyRing() {
  return (
    <span
      aria-hidden="true"
      className="turning size-3 shrink-0 rounded-full border-2 border-current border-r-transparent"
    />
  );
}

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  variant?: ButtonVariant;
  size?: ButtonSize;
  /** Shows that the act is under way; the button does nothing meanwhile but keeps the focus. */
  isBusy?: boolean;
}

/** A button. It is `type="button"` unless told otherwise. */
export function Button({ variant = 'default', size = 'md', isBusy, className, ...props }: ButtonProps) {
  return (
    <button
      type="button"
      {...props}
      aria-busy={isBusy || undefined}
      aria-disabled={isBusy || undefined}
      onClick={isBusy ? (event) => event.preventDefault() : props.onClick}
      className={buttonClass(variant, size, className)}
    >
      {isBusy ? <BusyRing /> : null}
      {props.children}
    </button>
  );
}

export interface ButtonLinkProps extends Omit<ComponentProps<typeof Link>, 'className'> {
  variant?: ButtonVariant;
  size?: ButtonSize;
  className?: string;
  children: ReactNode;
}

/** A link that looks like a button: for going somewhere, never for changing something. */
export function ButtonLink({ variant = 'default', size = 'md', className, ...props }: ButtonLinkProps) {
  return <Link {...props} className={buttonClass(variant, size, className)} />;
}
