import type { Role } from '@/lib/contracts/scalars';

/** What each role is called, and what it may do in a line. */
export const ROLES: Record<Role, { name: string; may: string }> = {
  viewer: { name: 'Viewer', may: 'looks at everything but the history and settings' },
  'release-manager': { name: 'Release manager', may: 'asks for promotions, withdraws own ones, retries' },
  reviewer: { name: 'Reviewer', may: 'approves or rejects what others ask for' },
  auditor: { name: 'Auditor', may: 'reads and exports the history, reads the settings' },
  admin: { name: 'Admin', may: 'sets up stages, edges and people; takes no part in promotions' },
};
