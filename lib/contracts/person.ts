import { z } from 'zod';
import { isoTimeSchema, personNameSchema, roleSchema, stageNameSchema, stageRoleSchema } from './scalars';

/** A role for one stage: it counts there in place of the one that somebody has everywhere. */
export const roleOnStageSchema = z.strictObject({ stage: stageNameSchema, role: stageRoleSchema });
export type RoleOnStage = z.infer<typeof roleOnStageSchema>;
const rolesOnStagesSchema = z
  .array(roleOnStageSchema)
  .max(200)
  .refine((roles) => new Set(roles.map(({ stage }) => stage)).size === roles.length, {
    message: 'name each stage once',
  });

export const personSchema = z.object({
  id: z.string(),
  name: z.string(),
  displayName: z.string(),
  role: roleSchema,
  /** In the order of the stages. */
  stageRoles: z.array(roleOnStageSchema),
  mustChangePassword: z.boolean(),
  disabledAt: isoTimeSchema.nullable(),
  createdAt: isoTimeSchema,
});
export type PersonDto = z.infer<typeof personSchema>;

/**
 * Who is signed in, and what the pages may offer them: actions of lib/promotion/permission-table. `can` is all that they may
 * do, of a stage those of any; `canOn` what they may do of a stage for which they have a role of their own, by its name, and
 * `canElsewhere` of the others.
 */
export const meSchema = personSchema.extend({
  can: z.array(z.string()),
  canElsewhere: z.array(z.string()),
  canOn: z.record(stageNameSchema, z.array(z.string())),
});
export type MeDto = z.infer<typeof meSchema>;

/** Whether somebody may be offered what changes the stage; nobody may before it is known who they are. */
export function mayOn(me: MeDto | undefined, action: string, stage: string): boolean {
  if (me === undefined) return false;
  return (me.canOn[stage] ?? me.canElsewhere).includes(action);
}

export const addPersonSchema = z.strictObject({
  name: personNameSchema,
  displayName: z.string().trim().min(1).max(80),
  role: roleSchema,
  stageRoles: rolesOnStagesSchema.optional(),
});
export type AddPersonInput = z.infer<typeof addPersonSchema>;
/** The one answer that carries the one-time password. */
export const addedPersonSchema = z.object({ person: personSchema, oneTimePassword: z.string() });
export type AddedPersonDto = z.infer<typeof addedPersonSchema>;

export const updatePersonSchema = z.strictObject({
  displayName: z.string().trim().min(1).max(80).optional(),
  role: roleSchema.optional(),
  /** All of them: those that are left out go. */
  stageRoles: rolesOnStagesSchema.optional(),
  isDisabled: z.boolean().optional(),
  /** true: a new one-time password is made and returned once. */
  resetPassword: z.boolean().optional(),
});
export type UpdatePersonInput = z.infer<typeof updatePersonSchema>;
export const updatedPersonSchema = z.object({
  person: personSchema,
  oneTimePassword: z.string().nullable(),
});
export type UpdatedPersonDto = z.infer<typeof updatedPersonSchema>;

export const newPasswordSchema = z
  .string()
  .min(12, 'use at least 12 characters')
  .max(256, 'use at most 256 characters');
export const changePasswordSchema = z.strictObject({
  currentPassword: z.string().min(1).max(256),
  newPassword: newPasswordSchema,
});
export type ChangePasswordInput = z.infer<typeof changePasswordSchema>;
