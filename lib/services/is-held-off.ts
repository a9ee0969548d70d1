import type { Reader } from '../db/client';

/** Whether something keeps a ref of a stage from being promoted into by itself. */
export function isHeldOff(_db: Reader, _stageId: string, _ref: string): Promise<boolean> {
  return Promise.resolve(false);
}
