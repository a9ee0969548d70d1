'use client';

import Link, { useLinkStatus } from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { isCurrentItem } from './nav-items';

/** A dot that beats while the page behind the link is on its way. */
function PendingDot() {
  const { pending } = useLinkStatus();
  return pending ? (
    <span aria-hidden="true" className="ml-auto size-1.5 animate-pulse rounded-full bg-run" />
  ) : null;
}

export interface NavLinkProps {
  href: string;
  children: ReactNode;
  onNavigate?: () => void;
}

/** A link of the main navigation: it says whether one is there. */
export function NavLink({ href, children, onNavigate }: NavLinkProps) {
  const isCurrent = isCurrentItem(usePathname(), href);
  return (
    <Link
      href={href}
      onClick={onNavigate}
      aria-current={isCurrent ? 'page' : undefined}
      className={`flex min-h-8 items-center gap-2 rounded-md px-2 py-1.5 transition-colors ${
        isCurrent
          ? 'bg-panel text-text shadow-[0_0_0_1px_var(--line)]'
          : 'text-muted hover:bg-hover hover:text-text'
      }`}
    >
      {children}
      <PendingDot />
    </Link>
  );
}
