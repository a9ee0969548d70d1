import { z } from 'zod';
import { checksumSchema } from './scalars';

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

/** What an external check is called: as whoever reports it calls it. */
export const checkNameSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._/-]{0,62}$/,
    'use lower-case letters, digits, dots, slashes, underscores and hyphens, 63 at most',
  );

/** A check that somebody else makes and reports: a lab, CI. Where it is required, the run waits until it has passed. */
export const externalCheckSchema = z.strictObject({
  name: checkNameSchema,
  level: z.enum(['advisory', 'required']),
});
export type ExternalCheck = z.infer<typeof externalCheckSchema>;

export const externalChecksSchema = z
  .array(externalCheckSchema)
  .max(20)
  .refine((checks) => new Set(checks.map(({ name }) => name)).size === checks.length, {
    message: 'name each check once',
  });

export const checkStateSchema = z.enum(['pending', 'passed', 'failed']);
export type CheckState = z.infer<typeof checkStateSchema>;

/** A page about a check. Nothing but http and https is ever made a link of, and none that carries a password. */
export const checkLinkSchema = z
  .url({ protocol: /^https?$/, error: 'use an http or https address' })
  .max(2000)
  .refine((text) => !/^https?:\/\/[^/?#]*@/i.test(text), { message: 'leave the user name out of it' });

export const reportCheckSchema = z.strictObject({
  name: checkNameSchema,
  state: checkStateSchema,
  /** The plan that was checked: a report on another one counts for nothing. */
  planChecksum: checksumSchema,
  link: checkLinkSchema.optional(),
  /** One line for a person. */
  summary: z.string().trim().max(500).optional(),
});
export type ReportCheckInput = z.infer<typeof reportCheckSchema>;
