import {
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';

/** Every file below `path`, relative to it, sorted; directories are left out. */
export function listBelow(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)))
    .sort();
}

/** Objects of a repository, as `<2>/<62>.<extension>`, sorted. */
export function listObjectFiles(repoPath: string): string[] {
  return listBelow(join(repoPath, 'objects'));
}

/**
 * A second repository of the same content, in milliseconds: objects are hard links, all else is copied. Whoever changes an
 * object has to put another file in its place.
 */
export function cloneRepo(from: string, to: string): string {
  mkdirSync(to);
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    const source = join(entry.parentPath, entry.name);
    const path = relative(from, source);
    const target = join(to, path);
    if (entry.isDirectory()) mkdirSync(target, { recursive: true });
    else if (path.startsWith('objects/')) linkSync(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else writeFileSync(target, readFileSync(source));
  }
  return to;
}

/** What tells one state of a file from another: for a hard link, the inode says all. */
export function describeFile(path: string): string {
  const stat = lstatSync(path);
  return stat.isSymbolicLink() ? readlinkSync(path) : `${stat.ino} ${stat.size} ${stat.mode}`;
}
