import { z } from 'zod';
import { checksumSchema, isoTimeSchema, reasonSchema, stageNameSchema } from './scalars';

const wallTimeSchema = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/, 'use a date and a time such as 2026-12-24T18:00');

/** When nothing is published: wall times of a zone, once or as an RFC 5545 rule recurs. The service says what is wrong with it. */
export const freezeTimesSchema = z.strictObject({
  start: wallTimeSchema,
  end: wallTimeSchema,
  /** Of the IANA database. */
  timeZone: z.string().min(1, 'name a time zone such as Europe/Berlin').max(64),
  /** null: once. */
  rule: z.string().min(1, 'give a rule such as FREQ=WEEKLY').max(500).nullable(),
});
export type FreezeTimesInput = z.infer<typeof freezeTimesSchema>;

export const freezeInputSchema = freezeTimesSchema.extend({
  name: z
    .string()
    .trim()
    .min(1, 'give it a name')
    .max(60, 'use 60 characters at most')
    .regex(/^\P{Cc}*$/u, 'use one line'),
  reason: reasonSchema,
  /** null: all stages. */
  stage: stageNameSchema.nullable(),
});
export type FreezeInput = z.infer<typeof freezeInputSchema>;
export const updateFreezeSchema = freezeInputSchema.partial();
export type UpdateFreezeInput = z.infer<typeof updateFreezeSchema>;

/** One time of a window. */
export const freezeTimeSchema = z.object({ from: isoTimeSchema, to: isoTimeSchema });
export type FreezeTimeDto = z.infer<typeof freezeTimeSchema>;

/** When a window would hold, before it is saved. */
export const freezePreviewSchema = z.object({ next: z.array(freezeTimeSchema) });
export type FreezePreviewDto = z.infer<typeof freezePreviewSchema>;

export const freezeSchema = z.object({
  id: z.string(),
  name: z.string(),
  reason: z.string(),
  stage: z.string().nullable(),
  start: z.string(),
  end: z.string(),
  timeZone: z.string(),
  rule: z.string().nullable(),
  createdBy: z.string(),
  createdAt: isoTimeSchema,
  /** The time that holds at the moment; null where none does. */
  now: freezeTimeSchema.nullable(),
  /** The first that is yet to come; null where none is. */
  next: freezeTimeSchema.nullable(),
});
export type FreezeDto = z.infer<typeof freezeSchema>;

export const freezeMonthSchema = z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/, 'use a month such as 2026-12');
export const freezeCalendarInputSchema = z.strictObject({ month: freezeMonthSchema.optional() });
export type FreezeCalendarInput = z.infer<typeof freezeCalendarInputSchema>;

/** What is frozen when, for a month and the days around it. */
export const freezeCalendarSchema = z.object({
  month: freezeMonthSchema,
  times: z.array(
    freezeTimeSchema.extend({
      id: z.string(),
      name: z.string(),
      reason: z.string(),
      stage: z.string().nullable(),
    }),
  ),
});
export type FreezeCalendarDto = z.infer<typeof freezeCalendarSchema>;

/** What stops at a moment, and until when; `until` is null where no end is in sight. */
export const freezeStateSchema = z.object({
  windows: z.array(z.object({ name: z.string(), reason: z.string(), until: isoTimeSchema })),
  /** All windows of the stop by name: "Year end, then Weekend". */
  names: z.string(),
  until: isoTimeSchema.nullable(),
});
export type FreezeStateDto = z.infer<typeof freezeStateSchema>;

/** What stops next, within a few weeks: a window that holds not yet, and when it does. */
export const comingFreezeSchema = freezeTimeSchema.extend({ name: z.string(), reason: z.string() });
export type ComingFreezeDto = z.infer<typeof comingFreezeSchema>;

export const overrideFreezeSchema = z.strictObject({
  /** The plan that was looked at. */
  planChecksum: checksumSchema,
  reason: z.string().trim().min(3, 'say why, in a few words').max(2000),
});
export type OverrideFreezeInput = z.infer<typeof overrideFreezeSchema>;

export const reinstateFreezeSchema = z.strictObject({
  reason: reasonSchema,
});
export type ReinstateFreezeInput = z.infer<typeof reinstateFreezeSchema>;

/** What was let past a freeze, by whom and why. */
export const freezeOverrideSchema = z.object({
  by: z.string(),
  reason: z.string(),
  at: isoTimeSchema,
  /** Names of the windows. */
  windows: z.array(z.string()),
  /** Since when it counts no more; null while it counts. */
  withdrawnAt: isoTimeSchema.nullable(),
  /** Who took it back, and why; null where nobody did, and the plan has become another. */
  withdrawn: z.object({ by: z.string(), reason: z.string() }).nullable(),
});
export type FreezeOverrideDto = z.infer<typeof freezeOverrideSchema>;

/** One time of one window that an override is for, as its row keeps it; instants in milliseconds since 1970. */
export const overriddenWindowsSchema = z.array(
  z.strictObject({
    id: z.string(),
    version: z.number().int(),
    name: z.string(),
    from: z.number().int(),
    to: z.number().int(),
  }),
);
export type OverriddenWindow = z.infer<typeof overriddenWindowsSchema>[number];
