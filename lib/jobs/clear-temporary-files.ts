import { errnoOf } from '../errors';
import type { Repo } from '../ostree/repo/open-repo';
import { tryLockRepo } from '../ostree/write/lock';
import { TEMPORARY_PREFIX } from '../ostree/write/write-durable-file';

/**
 * Removes temporary files that killed workers have left in the target. Every writer of Treeline's holds the shared lock
 * while it has one, so they are nobody's when the exclusive lock can be had; where it can't, they stay for the next
 * time (libostree removes them after a day).
 *
 * @returns how many were removed
 */
export function clearTemporaryFiles(target: Repo): number {
  const names = listTemporaryFiles(target);
  if (names.length === 0) return 0;
  const lock = tryLockRepo(target, 'exclusive');
  if (lock === null || !lock.isHeld) return 0;
  try {
    for (const name of names) target.fs.unlink(`${target.root}/tmp/${name}`);
    return names.length;
  } finally {
    lock.release();
  }
}

function listTemporaryFiles(target: Repo): string[] {
  try {
    return target.fs
      .readdir(`${target.root}/tmp`)
      .filter(({ name, type }) => type === 'file' && name.startsWith(TEMPORARY_PREFIX))
      .map(({ name }) => name);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
