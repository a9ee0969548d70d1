// One SHA-256 over names and contents of source files: whether a build is still that of the sources.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

const IGNORED = /(^|\/)(generated|fixtures|node_modules)(\/|$)|\.test\.tsx?$|\.md$/;

/** Hash of `paths` (files or folders under `root`), as hex. Missing ones count as empty. */
export function hashSources(root, paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of listFiles(root, join(root, path))) {
      hash
        .update(`${relative(root, file)}\0`)
        .update(createHash('sha256').update(readFileSync(file)).digest());
    }
  }
  return hash.digest('hex');
}

function listFiles(root, path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return [];
  if (found.isFile()) return [path];
  return readdirSync(path)
    .sort()
    .map((name) => join(path, name))
    .filter((child) => !IGNORED.test(relative(root, child)))
    .flatMap((child) => listFiles(root, child));
}
