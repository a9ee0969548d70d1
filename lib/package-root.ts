import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder that holds Treeline's own package.json, as an absolute path. The same answer from a
 * source file, a test and the bundle in `dist/`, so that files which ship beside the code
 * (migrations, WebAssembly) are found whatever the working directory is.
 */
export function findPackageRoot(from: string = fileURLToPath(import.meta.url)): string {
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && isTreeline(manifest)) return folder;
    if (folder === dirname(folder)) throw new Error(`no Treeline package.json above ${from}`);
  }
}

function isTreeline(manifest: string): boolean {
  const parsed: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
  return typeof parsed === 'object' && parsed !== null && 'name' in parsed && parsed.name === 'treeline';
}
