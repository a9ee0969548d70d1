import type { Role } from '../contracts/scalars';
import { PROGRAM_ROLES } from '../promotion/service-role';
import type { Reader, Transaction } from './client';
import type { Person } from './generated/client';

export type PersonRow = Person;

/** The person or the program's account of that name, null where there is none: they share their names. */
export function findPersonByName(db: Reader, name: string): Promise<PersonRow | null> {
  return db.person.findUnique({ where: { name } });
}

/** The person with that id; null where there is none, or it is a program's account. */
export function findPersonById(db: Reader, id: string): Promise<PersonRow | null> {
  return db.person.findUnique({ where: { id, role: { notIn: PROGRAM_ROLES } } });
}

/** Everybody, by name; no accounts of programs. */
export function findPeople(db: Reader): Promise<PersonRow[]> {
  return db.person.findMany({ where: { role: { notIn: PROGRAM_ROLES } }, orderBy: { name: 'asc' } });
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
export function insertPerson(tx: Transaction, person: NewPerson): Promise<PersonRow> {
  return tx.person.create({ data: { ...person, mustChangePassword: true, disabledAt: null } });
}

export interface PersonChange {
  displayName?: string;
  role?: Role;
  disabledAt?: Date | null;
  passwordHash?: string;
  mustChangePassword?: boolean;
}

export function updatePersonRow(tx: Transaction, id: string, change: PersonChange): Promise<PersonRow> {
  return tx.person.update({ where: { id }, data: change });
}
