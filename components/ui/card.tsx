import { type ReactNode, useId } from 'react';

export interface CardProps {
  title?: ReactNode;
  /** Stands at the right of the title. */
  actions?: ReactNode;
  /** The accessible name where there is no title, or another one is clearer. */
  label?: string;
  /** Set for content that brings its own padding, such as a table. */
  isFlush?: boolean;
  className?: string;
  id?: string;
  children: ReactNode;
}

/** A panel: a region of the page with a heading. Wide content scrolls inside it. */
export function Card({ title, actions, label, isFlush, className, id, children }: CardProps) {
  const titleId = useId();
  return (
    <section
      id={id}
      aria-label={label}
      aria-labelledby={label === undefined && title !== undefined ? titleId : undefined}
      className={`min-w-0 rounded-lg border border-line bg-panel ${className ?? ''}`}
    >
      {title === undefined ? null : (
        <div className="flex min-h-10 flex-wrap items-center gap-2 border-b border-line px-3.5 py-2">
          <h2 id={titleId} className="min-w-0 flex-1 text-base font-semibold">
            {title}
          </h2>
          {actions}
        </div>
      )}
      <div className={isFlush ? 'min-w-0' : 'min-w-0 px-3.5 py-3'}>{children}</div>
    </section>
  );
}
