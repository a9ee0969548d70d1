import type { ReactNode } from 'react';

export interface EmptyStateProps {
  title: string;
  /** Why it is empty and what to do next. */
  children?: ReactNode;
  action?: ReactNode;
}

/** What stands where there is nothing yet: it says what to do next. */
export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div className="grid justify-items-center gap-2 px-4 py-8 text-center">
      <p className="font-semibold">{title}</p>
      {children ? <div className="max-w-[52ch] text-muted">{children}</div> : null}
      {action ? <div className="mt-1 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  );
}
