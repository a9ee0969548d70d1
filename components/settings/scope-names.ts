import type { TokenScope } from '@/lib/contracts/token';

/** What each scope of a token lets a program do, in a line. */
export const SCOPES: Record<TokenScope, string> = {
  read: 'looks at everything but the history and settings',
  'promotions:request': 'asks for promotions and takes back its own',
  'promotions:rollback': 'asks for promotions and rollbacks, and takes back its own',
  'promotions:remove': 'asks for promotions and removals, and takes back its own',
  'checks:report': 'says how checks of a promotion went',
};
