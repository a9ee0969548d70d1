import type { RoleOnStage } from '../contracts/person';
import type { Role, StageRole } from '../contracts/scalars';
import type { Reader } from '../db/client';
import { findStages } from '../db/stage';
import { AppError } from '../errors';
import { canHaveStageRoles } from '../promotion/permission-table';
import { InputInvalidError } from './parse-input';

/** A role for a stage as it is stored, with the stage's name. */
export interface StoredStageRole {
  stageId: string;
  stage: string;
  role: StageRole;
}

/**
 * The roles for stages as they are stored, in the order of the stages, of somebody who is `role` everywhere.
 * @throws AppError `not-found` for a stage; `input-invalid` for somebody who can have none
 */
export async function resolveStageRoles(
  db: Reader,
  role: Role,
  wanted: readonly RoleOnStage[],
): Promise<StoredStageRole[]> {
  if (wanted.length > 0 && !canHaveStageRoles(role)) {
    throw new InputInvalidError({
      stageRoles: `who is ${role} is so everywhere, and has no other role for a stage`,
    });
  }
  if (wanted.length === 0) return [];
  const stages = await findStages(db);
  const missing = wanted.find(({ stage }) => !stages.some(({ name }) => name === stage));
  if (missing) {
    const details = { field: 'stageRoles' };
    throw new AppError('not-found', `there is no stage called ${missing.stage}`, { details });
  }
  return stages.flatMap(({ id, name }) => {
    const found = wanted.find(({ stage }) => stage === name);
    return found ? [{ stageId: id, stage: name, role: found.role }] : [];
  });
}
