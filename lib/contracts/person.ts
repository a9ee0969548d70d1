import { z } from 'zod';
import { isoTimeSchema, personNameSchema, roleSchema } from './scalars';

export const personSchema = z.object({
  id: z.string(),
  name: z.string(),
  displayName: z.string(),
  role: roleSchema,
  mustChangePassword: z.boolean(),
  disabledAt: isoTimeSchema.nullable(),
  createdAt: isoTimeSchema,
});
export type PersonDto = z.infer<typeof personSchema>;

/** Who is signed in, and what the pages may offer them. `can` lists actions of lib/auth/permissions. */
export const meSchema = personSchema.extend({ can: z.array(z.string()) });
export type MeDto = z.infer<typeof meSchema>;

export const addPersonSchema = z.strictObject({
  name: personNameSchema,
  displayName: z.string().trim().min(1).max(80),
  role: roleSchema,
});
export type AddPersonInput = z.infer<typeof addPersonSchema>;
/** The one answer that carries the one-time password. */
export const addedPersonSchema = z.object({ person: personSchema, oneTimePassword: z.string() });
export type AddedPersonDto = z.infer<typeof addedPersonSchema>;

export const updatePersonSchema = z.strictObject({
  displayName: z.string().trim().min(1).max(80).optional(),
  role: roleSchema.optional(),
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
