export interface NavItem {
  href: string;
  label: string;
  /** The letter after `g` that goes there. */
  chord: string;
  /** The action a person needs for the page to be of use; none where `read` is enough. */
  needs?: string;
}

/** The pages of the main navigation, in order. */
export const NAV_ITEMS: readonly NavItem[] = [
  { href: '/', label: 'Board', chord: 'b' },
  { href: '/promotions', label: 'Promotions', chord: 'p' },
  { href: '/approvals', label: 'Approvals', chord: 'a' },
  { href: '/compare', label: 'Compare', chord: 'c' },
  { href: '/freezes', label: 'Freeze calendar', chord: 'f' },
  { href: '/history', label: 'History', chord: 'h', needs: 'audit.read' },
];
export const SETTINGS_ITEM: NavItem = {
  href: '/settings',
  label: 'Settings',
  chord: 's',
  needs: 'settings.read',
};
/** Reached by chord and palette only. */
export const NEW_PROMOTION_ITEM: NavItem = {
  href: '/promotions/new',
  label: 'New promotion',
  chord: 'n',
  needs: 'promotion.request',
};

/** Whether someone who may do `can` has a use for the page. A page without the right says so itself. */
export function isOffered(item: NavItem, can: readonly string[]): boolean {
  return item.needs === undefined || can.includes(item.needs);
}

/** Whether the page at `pathname` belongs to the navigation's `href`. */
export function isCurrentItem(pathname: string, href: string): boolean {
  if (href === '/') return pathname === '/';
  return pathname === href || pathname.startsWith(`${href}/`);
}
