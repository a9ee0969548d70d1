import type { TokenScope } from '@/lib/contracts/token';

/** What each scope of a token lets a program do, in a line. */
export const SCOPES: Record<TokenScope, string> = {
  read: 'looks at everything but the history and settings',
  'promotions:request': 'asks for promotions and takes back its own',
  'promotions:rollback': 'the same, and asks for rollbacks',
  'promotions:remove': 'the same as promotions:request, and asks for removals',
  'checks:report': 'says how checks of a promotion went',
};
