import type { Reader } from '../db/client';
import { findStageByName, type StageWithKeys } from '../db/stage';
import { AppError } from '../errors';

/** The stage of that name. @throws AppError `not-found` */
export async function requireStage(db: Reader, name: string): Promise<StageWithKeys> {
  const stage = await findStageByName(db, name);
  if (stage) return stage;
  throw new AppError('not-found', `there is no stage called ${name.slice(0, 60)}`, {
    details: { stage: name },
  });
}
