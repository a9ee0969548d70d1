import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { makeOneTimePassword } from '../auth/one-time-password';
import { hashPassword } from '../auth/password';
import { authorise } from '../auth/permissions';
import { accountKey } from '../auth/sign-in-limits';
import { type UpdatedPersonDto, type UpdatePersonInput, updatePersonSchema } from '../contracts/person';
import { roleSchema } from '../contracts/scalars';
import { inTransaction, type Reader, type Transaction } from '../db/client';
import {
  countActiveAdmins,
  findPersonById,
  type PersonChange,
  type PersonRow,
  requirePerson,
  setStageRoles,
  updatePersonRow,
} from '../db/person';
import { endSessionsOf } from '../db/session';
import { deleteAttempts } from '../db/sign-in-attempt';
import { AppError } from '../errors';
import { applyEffects, findEffectsOfPeople } from './approval-effects';
import { parseInput } from './parse-input';
import { personDto } from './person-dto';
import { readPolicyMoment } from './policy-moment';
import type { ServiceContext } from './service-context';
import { resolveStageRoles, type StoredStageRole } from './stage-roles';

/**
 * Changes a person's name as shown, role, roles for stages, or whether they can sign in; or gives them a new one-time
 * password. Whoever is disabled, gets another role or another password is signed out at once. Approvals of somebody who may
 * no longer approve are void.
 *
 * @throws AppError `not-found`; `forbidden` for one's own role and account; `conflict` where no admin would be left; as
 *   `resolveStageRoles`
 */
export async function updatePerson(
  ctx: ServiceContext,
  actor: Actor,
  input: UpdatePersonInput & { id: string },
): Promise<UpdatedPersonDto> {
  authorise(actor, 'people.write');
  const { id, ...rest } = input;
  const change = parseInput(updatePersonSchema, rest);
  refuseOwnAccount(actor, id, change);
  const oneTimePassword = change.resetPassword ? makeOneTimePassword() : null;
  const passwordHash = oneTimePassword === null ? null : await hashPassword(oneTimePassword);
  const at = ctx.clock.now();

  const row = await inTransaction(ctx.db, async (tx) => {
    const person = await findPersonById(tx, id);
    if (!person) throw new AppError('not-found', 'there is no such person');
    const roles = await planStageRoles(tx, person, change);
    const { data, sentences } = planChange(person, change, at);
    sentences.push(...roles.sentences);
    const before = await readPolicyMoment(tx, at);
    if (passwordHash !== null) Object.assign(data, { passwordHash, mustChangePassword: true });
    await updatePersonRow(tx, id, data);
    if (roles.sentences.length > 0) await setStageRoles(tx, id, roles.stored);
    await refuseNoAdmin(tx, person);
    const hasOtherRole = data.role !== undefined || roles.sentences.length > 0;
    if (passwordHash !== null || hasOtherRole || data.disabledAt) await endSessionsOf(tx, id, at);
    const about = { at, actor: auditActorOf(actor) };
    if (sentences.length > 0) {
      const changes = { name: person.name, changes: sentences };
      await recordAudit(tx, { kind: 'person.updated', ...about, data: changes });
    }
    const effects = await findEffectsOfPeople(tx, before, await readPolicyMoment(tx, at));
    const why = whyVoid(person, { isDisabled: Boolean(data.disabledAt), roles: roles.sentences });
    await applyEffects(tx, effects, { why, actor, at });
    if (passwordHash !== null) {
      // Whoever was locked out by wrong attempts gets in again with the new one.
      await deleteAttempts(tx, accountKey(person.name));
      await recordAudit(tx, { kind: 'person.password-reset', ...about, data: { name: person.name } });
    }
    return requirePerson(tx, id);
  });
  return { person: personDto(row), oneTimePassword };
}

function refuseOwnAccount(actor: Actor, id: string, change: UpdatePersonInput): void {
  if (actor.kind !== 'person' || actor.id !== id) return;
  const hasOtherRole = change.role !== undefined || change.stageRoles !== undefined;
  if (hasOtherRole || change.isDisabled !== undefined || change.resetPassword) {
    throw new AppError('forbidden', 'another admin has to change your own role, account or password');
  }
}

/** What changes in the row, and the same as a person reads it. */
function planChange(
  person: PersonRow,
  change: UpdatePersonInput,
  at: Date,
): { data: PersonChange; sentences: string[] } {
  const data: PersonChange = {};
  const sentences: string[] = [];
  if (change.displayName !== undefined && change.displayName !== person.displayName) {
    data.displayName = change.displayName;
    sentences.push(`shown as ${change.displayName}`);
  }
  if (change.role !== undefined && change.role !== person.role) {
    data.role = change.role;
    sentences.push(`${person.role} → ${change.role}`);
  }
  if (change.isDisabled !== undefined && change.isDisabled !== (person.disabledAt !== null)) {
    data.disabledAt = change.isDisabled ? at : null;
    sentences.push(change.isDisabled ? 'can no longer sign in' : 'can sign in again');
  }
  return { data, sentences };
}

/** The roles for stages as they will be, and what of them changes as a person reads it. */
async function planStageRoles(
  db: Reader,
  person: PersonRow,
  { role = roleSchema.parse(person.role), stageRoles }: UpdatePersonInput,
): Promise<{ stored: StoredStageRole[]; sentences: string[] }> {
  const before = new Map(person.stageRoles.map(({ stage, role: there }) => [stage.name, there]));
  const wanted = stageRoles ?? personDto(person).stageRoles;
  const stored = await resolveStageRoles(db, role, wanted);
  const changed = stored.filter((each) => before.get(each.stage) !== each.role);
  const gone = [...before.keys()].filter((stage) => !stored.some((each) => each.stage === stage));
  const sentences = [
    ...changed.map(
      ({ stage, role: there }) => `for ${stage}: ${before.get(stage) ?? 'as everywhere'} → ${there}`,
    ),
    ...gone.map((stage) => `for ${stage}: ${before.get(stage)} → as everywhere`),
  ];
  return { stored, sentences };
}

/** Why approvals of theirs that count no more don't. */
function whyVoid(
  { name, role }: PersonRow,
  { isDisabled, roles }: { isDisabled: boolean; roles: readonly string[] },
): string {
  if (isDisabled) return `${name} can no longer sign in`;
  if (roles.length === 0) return `${name} is no ${role} any more`;
  return `${name} has another role (${roles.length > 3 ? `for ${roles.length} stages` : roles.join(', ')})`;
}

async function refuseNoAdmin(tx: Transaction, before: PersonRow): Promise<void> {
  if (before.role !== 'admin' || before.disabledAt !== null) return;
  if ((await countActiveAdmins(tx)) === 0) {
    throw new AppError('conflict', `${before.name} is the last admin; make somebody else admin first`);
  }
}
