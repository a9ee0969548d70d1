import type { ReactNode } from 'react';

/** What stands below the page header. The layout's `<main>` is around both: a page brings no own one. */
export function PageBody({ children }: { children: ReactNode }) {
  return <div className="max-w-[1320px] px-3.5 py-3.5 md:px-5 md:py-[18px]">{children}</div>;
}
