/** The `role` of the account of a program. It is no role of people: nothing is allowed to it but what its tokens name. */
export const SERVICE_ROLE = 'service';
