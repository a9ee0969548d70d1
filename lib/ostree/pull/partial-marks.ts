import { constants } from 'node:fs';
import { errnoOf } from '../../errors';
import type { Checksum } from '../format/checksum';
import type { Repo } from '../repo/open-repo';
import { hasObject } from '../repo/read-object';
import { syncDirectory } from '../write/write-durable-file';
import { isMarked } from './plan-pull';

function markPath(target: Repo, commit: Checksum): string {
  return `${target.root}/state/${commit}.commitpartial`;
}

/**
 * Marks commits as partial, durably, before anything of them comes. A commit that is in the target without a
 * mark stays without one: it may be the head of a ref, and no ref may ever name a marked commit.
 *
 * @returns the commits that were marked now
 */
export function markPartial(target: Repo, commits: readonly Checksum[]): Checksum[] {
  const { O_WRONLY, O_CREAT, O_EXCL } = constants;
  const toMark = commits.filter(
    (commit) => !isMarked(target, commit) && !hasObject(target, commit, 'commit'),
  );
  if (toMark.length === 0) return [];
  try {
    target.fs.mkdir(`${target.root}/state`, 0o777);
    syncDirectory(target, target.root);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
  const marked: Checksum[] = [];
  try {
    for (const commit of toMark) {
      const fd = openMark(() => target.fs.open(markPath(target, commit), O_WRONLY | O_CREAT | O_EXCL, 0o644));
      if (fd === null) continue;
      marked.push(commit);
      target.fs.close(fd);
    }
    syncDirectory(target, `${target.root}/state`);
  } catch (error) {
    for (const commit of marked) unmark(target, commit);
    throw error;
  }
  return marked;
}

/** Another pull of the same commit may mark it at the same moment; each removes the mark when the commit is whole. */
function openMark(open: () => number): number | null {
  try {
    return open();
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return null;
    throw error;
  }
}

/** Removes the marks of commits that are whole and durable, durably. */
export function removeMarks(target: Repo, commits: readonly Checksum[]): void {
  const marked = commits.filter((commit) => isMarked(target, commit));
  for (const commit of marked) unmark(target, commit);
  if (marked.length > 0) syncDirectory(target, `${target.root}/state`);
}

/**
 * Takes back, after a failure, the marks that this pull has made; a failure of this is no news. A commit that has come all
 * the same keeps its mark unless everything below it is durable (`isTreeDurable`), and then it is whole.
 */
export function takeBackMarks(target: Repo, marked: readonly Checksum[], isTreeDurable: boolean): void {
  for (const commit of marked) {
    try {
      if (isTreeDurable || !hasObject(target, commit, 'commit')) unmark(target, commit);
    } catch {
      // A mark that stays makes the next pull of the commit thorough, and does nothing else.
    }
  }
}

function unmark(target: Repo, commit: Checksum): void {
  try {
    target.fs.unlink(markPath(target, commit));
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
