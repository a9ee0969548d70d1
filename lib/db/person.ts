import { type Role, roleSchema, type StageRole, stageRoleSchema } from '../contracts/scalars';
import type { Roles } from '../promotion/permission-table';
import { PROGRAM_ROLES } from '../promotion/service-role';
import type { Reader, Transaction } from './client';
import type { Person, Stage, StageRole as StageRoleRow } from './generated/client';

/** A person with their roles for stages, in the order of the stages. */
export type PersonRow = Person & { stageRoles: (StageRoleRow & { stage: Pick<Stage, 'id' | 'name'> })[] };

export const withStageRoles = {
  stageRoles: {
    include: { stage: { select: { id: true, name: true } } },
    orderBy: { stage: { position: 'asc' as const } },
  },
};

/** The roles for stages as the rules take them, by the stage's id. What is no such role decides nothing: it is a viewer's. */
export function stageRolesOf(row: {
  stageRoles: readonly { stageId: string; role: string }[];
}): ReadonlyMap<string, StageRole> {
  return new Map(
    row.stageRoles.map(({ stageId, role }) => [stageId, stageRoleSchema.catch('viewer').parse(role)]),
  );
}

/** The roles of a person as the rules take them. @throws ZodError for the account of a program */
export function rolesOf(row: PersonRow): Roles {
  return { role: roleSchema.parse(row.role), stageRoles: stageRolesOf(row) };
}

/** The person or the program's account of that name, null where there is none: they share their names. */
export function findPersonByName(db: Reader, name: string): Promise<PersonRow | null> {
  return db.person.findUnique({ where: { name }, include: withStageRoles });
}

/** The person with that id; null where there is none, or it is a program's account. */
export function findPersonById(db: Reader, id: string): Promise<PersonRow | null> {
  return db.person.findUnique({ where: { id, role: { notIn: PROGRAM_ROLES } }, include: withStageRoles });
}

/** The person with that id, who is known to be there. */
export function requirePerson(db: Reader, id: string): Promise<PersonRow> {
  return db.person.findUniqueOrThrow({ where: { id }, include: withStageRoles });
}

/** Everybody, by name; no accounts of programs. */
export function findPeople(db: Reader): Promise<PersonRow[]> {
  return db.person.findMany({
    where: { role: { notIn: PROGRAM_ROLES } },
    include: withStageRoles,
    orderBy: { name: 'asc' },
  });
}

/** How many people who can sign in have the role `admin`. */
export function countActiveAdmins(db: Reader): Promise<number> {
  return db.person.count({ where: { role: 'admin', disabledAt: null } });
}

export interface NewPerson {
  id: string;
  name: string;
  displayName: string;
  role: Role;
  passwordHash: string;
  createdAt: Date;
}

/** Adds a person, who must change the password at the first sign-in. Fails on a name that is taken. */
export async function insertPerson(tx: Transaction, person: NewPerson): Promise<void> {
  await tx.person.create({ data: { ...person, mustChangePassword: true, disabledAt: null } });
}

export interface PersonChange {
  displayName?: string;
  role?: Role;
  disabledAt?: Date | null;
  passwordHash?: string;
  mustChangePassword?: boolean;
}

export async function updatePersonRow(tx: Transaction, id: string, change: PersonChange): Promise<void> {
  await tx.person.update({ where: { id }, data: change });
}

/** Gives somebody exactly these roles for stages. */
export async function setStageRoles(
  tx: Transaction,
  personId: string,
  roles: readonly { stageId: string; role: StageRole }[],
): Promise<void> {
  await tx.stageRole.deleteMany({ where: { personId } });
  for (const { stageId, role } of roles) await tx.stageRole.create({ data: { personId, stageId, role } });
}
