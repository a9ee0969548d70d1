import { z } from 'zod';

/** What a check of an edge does where it does not pass: nothing, a warning, or a stop. */
export const checkLevelSchema = z.enum(['off', 'advisory', 'required']);
export type CheckLevel = z.infer<typeof checkLevelSchema>;

/** How long a commit has to have been in the source stage, in hours; 0: not at all. */
export const SOAK_HOURS_MAX = 720;
export const soakHoursSchema = z
  .number()
  .int()
  .min(0, 'give whole hours from 0 to 720')
  .max(SOAK_HOURS_MAX, 'give whole hours from 0 to 720');
