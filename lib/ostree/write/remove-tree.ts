import { errnoOf } from '../../errors';
import type { Repo } from '../repo/open-repo';

/** Removes a temporary folder and all below it; that something refuses to go must not hide why it is removed. */
export function removeTree(target: Repo, root: string): void {
  const { fs } = target;
  const folders = [root];
  for (let index = 0; index < folders.length; index++) {
    const folder = folders[index] as string;
    for (const { name, type } of entriesOf(target, folder)) {
      const path = `${folder}/${name}`;
      if (type === 'directory') folders.push(path);
      else attempt(() => fs.unlink(path));
    }
  }
  for (const folder of folders.reverse()) attempt(() => fs.rmdir(folder));
}

function entriesOf(target: Repo, folder: string) {
  try {
    return target.fs.readdir(folder);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return [];
  }
}

function attempt(remove: () => void): void {
  try {
    remove();
  } catch (error) {
    // libostree's cleanup_tmpdir removes it in a day.
    if (errnoOf(error) === undefined) throw error;
  }
}
