import type { FreezeTimesInput } from '../contracts/freeze';
import type { Reader } from '../db/client';
import { type FreezeWindowWithStage, findFreezeWindowById, findFreezeWindows } from '../db/freeze';
import { findStageByName } from '../db/stage';
import { AppError } from '../errors';
import {
  type FreezeTimes,
  nextOccurrences,
  occurrencesOf,
  whyNotWindow,
} from '../promotion/freeze/freeze-window';
import { normaliseRule } from '../promotion/freeze/recurrence';
import { InputInvalidError } from './parse-input';

/** So many that nobody could tell any more what is frozen when. */
const WINDOWS_MAX = 100;

/**
 * The times as they are kept, once it is sure that they are some.
 * @throws InputInvalidError for the field that is wrong
 */
export function requireTimes(input: FreezeTimesInput, now: Date): FreezeTimes {
  const times = { ...input, rule: input.rule === null ? null : normaliseRule(input.rule) };
  const problem = whyNotWindow(times);
  if (problem) throw new InputInvalidError({ [problem.field]: problem.why });
  const at = now.getTime();
  if (occurrencesOf(times, at, at + 1).length === 0 && nextOccurrences(times, at, 1).length === 0) {
    throw new InputInvalidError({ [times.rule === null ? 'end' : 'rule']: 'it is over already' });
  }
  return times;
}

/** @throws AppError `not-found` */
export async function requireFreeze(db: Reader, id: string): Promise<FreezeWindowWithStage> {
  const row = await findFreezeWindowById(db, id);
  if (row) return row;
  throw new AppError('not-found', 'there is no such freeze window');
}

/** The id of the stage, null for all. @throws AppError `not-found` */
export async function requireFreezeStage(db: Reader, stage: string | null): Promise<string | null> {
  if (stage === null) return null;
  const row = await findStageByName(db, stage);
  if (row) return row.id;
  throw new AppError('not-found', `there is no stage called ${stage}`, { details: { field: 'stage' } });
}

/** @throws AppError `name-taken`; `conflict` where there are too many already */
export async function refuseFreezeName(db: Reader, name: string, id: string | null): Promise<void> {
  const others = (await findFreezeWindows(db)).filter((each) => each.id !== id);
  if (others.some((each) => each.name === name)) {
    throw new AppError('name-taken', `there is a freeze window called ${name} already`, {
      details: { field: 'name' },
    });
  }
  if (others.length >= WINDOWS_MAX) {
    throw new AppError('conflict', `there are ${WINDOWS_MAX} freeze windows; remove those that are over`);
  }
}
