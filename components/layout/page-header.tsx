import Link from 'next/link';
import { Fragment, type ReactNode } from 'react';
import { PaletteButton } from './palette-button';

export interface Crumb {
  label: ReactNode;
  href?: string;
}
export interface PageHeaderProps {
  /** From the outside in; the last one names the page. */
  crumbs: Crumb[];
  /** Quiet words after the last crumb. */
  note?: ReactNode;
  actions?: ReactNode;
}

/** The bar on top of a page: where one is, what one may do here, and the palette. */
export function PageHeader({ crumbs, note, actions }: PageHeaderProps) {
  return (
    <header className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-panel px-3.5 py-2 md:min-h-[52px] md:px-5 md:py-2.5">
      <nav aria-label="Breadcrumb" className="min-w-0">
        <ol className="flex min-w-0 flex-wrap items-center gap-x-1.5">
          {crumbs.map((crumb, index) => {
            const isLast = index === crumbs.length - 1;
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: the crumbs of one page never move.
              <Fragment key={index}>
                <li className={`min-w-0 break-words ${isLast ? 'font-semibold' : 'text-faint'}`}>
                  {crumb.href === undefined || isLast ? (
                    <span aria-current={isLast ? 'page' : undefined}>{crumb.label}</span>
                  ) : (
                    <Link href={crumb.href} className="link hover:text-text">
                      {crumb.label}
                    </Link>
                  )}
                </li>
                {isLast ? null : (
                  <li aria-hidden="true" className="text-faint">
                    /
                  </li>
                )}
              </Fragment>
            );
          })}
        </ol>
      </nav>
      {note ? <span className="text-faint">{note}</span> : null}
      <span className="flex-1" />
      {actions}
      <PaletteButton />
    </header>
  );
}
