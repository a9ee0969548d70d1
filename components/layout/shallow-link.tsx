'use client';

import type { AnchorHTMLAttributes, MouseEvent } from 'react';

/** Whether the browser should do what it does with links: open a tab, download. */
function isForBrowser(event: MouseEvent): boolean {
  return event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
}

export interface ShallowLinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  /** A search on the same page, `?file=…`. */
  href: string;
  /** true: takes the place of the present entry of the history. */
  isReplacing?: boolean;
}

/**
 * A link within one page whose data the browser already has: the URL changes, nothing is asked of the
 * server. It is a plain link all the same: it can be opened in a tab, and works before the scripts do.
 */
export function ShallowLink({ href, isReplacing, onClick, ...props }: ShallowLinkProps) {
  return (
    <a
      {...props}
      href={href}
      onClick={(event) => {
        onClick?.(event);
        if (event.defaultPrevented || isForBrowser(event)) return;
        event.preventDefault();
        if (isReplacing) window.history.replaceState(null, '', href);
        else window.history.pushState(null, '', href);
      }}
    />
  );
}
