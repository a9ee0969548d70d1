import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hashSources } from '../../scripts/source-hash.mjs';
import { findPackageRoot } from '../package-root';

const SOURCES = ['lib', 'prisma', 'scripts', 'package-lock.json', 'tsconfig.json'];

let sourceHash: string | null = null;

/**
 * A folder that test files share, such as a bundled program: made by whoever asks first, and again when a source has
 * changed. It lies inside the package, from where packages are found.
 *
 * @param name of what it holds; its older versions are deleted
 * @param make fills the empty folder that it is given
 * @returns the folder, which nobody changes
 */
export async function makeOnce(
  name: string,
  make: (folder: string) => void | Promise<void>,
): Promise<string> {
  const root = findPackageRoot();
  const parent = join(root, '.test-tmp', 'made');
  sourceHash ??= hashSources(root, SOURCES).slice(0, 16);
  const wanted = `${name}-${sourceHash}`;
  const folder = join(parent, wanted);
  if (existsSync(folder)) return folder;
  mkdirSync(parent, { recursive: true });
  const temporary = mkdtempSync(join(parent, `new-${name}-`));
  await make(temporary);
  try {
    renameSync(temporary, folder);
  } catch (error) {
    // Another process was quicker.
    rmSync(temporary, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
  for (const other of readdirSync(parent)) {
    if (other.startsWith(`${name}-`) && other !== wanted) {
      rmSync(join(parent, other), { recursive: true, force: true });
    }
  }
  return folder;
}
