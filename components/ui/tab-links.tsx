import Link from 'next/link';

export interface TabLink {
  href: string;
  label: string;
  count?: number;
}
export interface TabLinksProps {
  tabs: TabLink[];
  /** The `href` of the tab that is shown. */
  current: string;
  /** The accessible name of the row of tabs. */
  label?: string;
}

/** Views of one thing as links, so that each can be opened, shared and gone back to. */
export function TabLinks({ tabs, current, label = 'Views' }: TabLinksProps) {
  return (
    <nav aria-label={label} className="my-3.5 overflow-x-auto border-b border-line">
      <ul className="flex gap-[18px]">
        {tabs.map((tab) => {
          const isCurrent = tab.href === current;
          return (
            <li key={tab.href}>
              <Link
                href={tab.href}
                scroll={false}
                aria-current={isCurrent ? 'page' : undefined}
                className={`flex items-center gap-1.5 border-b-2 py-[7px] whitespace-nowrap focus-visible:-outline-offset-2 ${isCurrent ? 'border-brand text-text' : 'border-transparent text-muted hover:text-text'}`}
              >
                {tab.label}
                {tab.count === undefined ? null : (
                  <span className="text-xs text-faint tabular-nums">{tab.count.toLocaleString('en-GB')}</span>
                )}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
