import type { PersonDto } from '../contracts/person';
import { roleSchema } from '../contracts/scalars';
import { type PersonRow, stageRolesOf } from '../db/person';

/** A person as pages and clients see one: no password hash. */
export function personDto(row: PersonRow): PersonDto {
  const roles = stageRolesOf(row);
  return {
    id: row.id,
    name: row.name,
    displayName: row.displayName,
    role: roleSchema.parse(row.role),
    stageRoles: row.stageRoles.map(({ stage }) => ({
      stage: stage.name,
      role: roles.get(stage.id) ?? 'viewer',
    })),
    mustChangePassword: row.mustChangePassword,
    disabledAt: row.disabledAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}
