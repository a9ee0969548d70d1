import { randomUUID } from 'node:crypto';
import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { makeOneTimePassword } from '../auth/one-time-password';
import { hashPassword } from '../auth/password';
import { authorise } from '../auth/permissions';
import { type AddedPersonDto, type AddPersonInput, addPersonSchema } from '../contracts/person';
import { inTransaction } from '../db/client';
import { findPersonByName, insertPerson, requirePerson, setStageRoles } from '../db/person';
import { AppError } from '../errors';
import { parseInput } from './parse-input';
import { personDto } from './person-dto';
import type { ServiceContext } from './service-context';
import { resolveStageRoles } from './stage-roles';

/**
 * Adds a person with a one-time password, which is returned here and never again.
 * @throws AppError `name-taken`; as `resolveStageRoles`
 */
export async function addPerson(
  ctx: ServiceContext,
  actor: Actor,
  input: AddPersonInput,
): Promise<AddedPersonDto> {
  authorise(actor, 'people.write');
  const { name, displayName, role, stageRoles = [] } = parseInput(addPersonSchema, input);
  const oneTimePassword = makeOneTimePassword();
  const passwordHash = await hashPassword(oneTimePassword);
  const createdAt = ctx.clock.now();
  const row = await inTransaction(ctx.db, async (tx) => {
    if (await findPersonByName(tx, name)) {
      throw new AppError('name-taken', `there is a person called ${name} already; choose another name`, {
        details: { field: 'name' },
      });
    }
    const person = { id: randomUUID(), name, displayName, role, passwordHash, createdAt };
    const roles = await resolveStageRoles(tx, role, stageRoles);
    await insertPerson(tx, person);
    await setStageRoles(tx, person.id, roles);
    const data = {
      name,
      role,
      ...(roles.length > 0 && {
        stageRoles: roles.map(({ stage, role: there }) => ({ stage, role: there })),
      }),
    };
    await recordAudit(tx, { kind: 'person.added', at: createdAt, actor: auditActorOf(actor), data });
    return requirePerson(tx, person.id);
  });
  return { person: personDto(row), oneTimePassword };
}
