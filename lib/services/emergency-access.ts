import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { EmergencyPolicy } from '../contracts/policy';
import { isRollback, type PlanInput } from '../contracts/promotion';
import type { Reader } from '../db/client';
import type { EdgeWithStages } from '../db/edge';
import { AppError } from '../errors';
import { readEmergencyPolicy } from './approval-settings';
import { InputInvalidError } from './parse-input';

/** @throws AppError `forbidden` where nobody may publish without approval along the edge */
export async function requireEmergencyPolicy(db: Reader, edge: EdgeWithStages): Promise<EmergencyPolicy> {
  const policy = await readEmergencyPolicy(db, edge);
  if (policy) return policy;
  throw new AppError(
    'forbidden',
    `the edge from ${edge.from.name} to ${edge.to.name} lets nobody publish without approval; an admin names the group in its settings`,
  );
}

/**
 * Refuses an emergency to whoever may not ask for it: programs, and people who are not in the group of the edge. What is no
 * emergency passes.
 *
 * @throws AppError `forbidden`; `input-invalid` for a rollback or a removal, and for one that is to begin later
 */
export async function refuseEmergency(
  db: Reader,
  actor: Actor,
  input: PlanInput,
  edge: EdgeWithStages,
): Promise<void> {
  if (!input.emergency) return;
  if (actor.kind !== 'person') {
    throw new AppError(
      'forbidden',
      'an emergency is asked for by a person who is signed in, on the page: never by a program or with a token',
    );
  }
  authorise(actor, 'promotion.emergency', edge.to);
  if (input.kind !== undefined && input.kind !== 'promote') {
    const what = isRollback({ kind: input.kind }) ? 'a rollback' : 'a removal';
    throw new InputInvalidError({ emergency: `${what} is approved before it is published; leave it out` });
  }
  if (input.notBefore !== undefined) {
    throw new InputInvalidError({ notBefore: 'an emergency begins at once; leave the time out' });
  }
  const { group, people } = await requireEmergencyPolicy(db, edge);
  if (people.includes(actor.id)) return;
  throw new AppError(
    'forbidden',
    `only release managers of the group ${group} publish into ${edge.to.name} without approval, and you are not in it`,
  );
}
