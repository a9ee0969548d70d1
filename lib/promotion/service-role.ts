/** The `role` of the account of a program. It is no role of people: nothing is allowed to it but what its tokens name. */
export const SERVICE_ROLE = 'service';

/** The account by which Treeline asks for automatic promotions, and its `role`: it has no token and signs in nowhere. */
export const AUTOMATIC_ROLE = 'automatic';
export const AUTOMATIC_ACCOUNT_ID = 'automatic';

/** The roles of accounts that are no people. */
export const PROGRAM_ROLES = [SERVICE_ROLE, AUTOMATIC_ROLE];

/** Whether an account of that role is no person's. */
export function isProgramRole(role: string): boolean {
  return PROGRAM_ROLES.includes(role);
}
