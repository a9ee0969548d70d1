import type { PersonDto } from '../contracts/person';
import { roleSchema } from '../contracts/scalars';
import type { PersonRow } from '../db/person';

/** A person as pages and clients see one: no password hash. */
export function personDto(row: PersonRow): PersonDto {
  return {
    id: row.id,
    name: row.name,
    displayName: row.displayName,
    role: roleSchema.parse(row.role),
    mustChangePassword: row.mustChangePassword,
    disabledAt: row.disabledAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}
