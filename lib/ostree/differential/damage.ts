import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { parseOstreemeta, S_IFLNK, S_IFMT } from '../format/dirmeta';
import { HEADER_PREFIX_BYTES, parseFilezHeader, parseHeaderPrefix } from '../format/file-header';
import type { RepoMode } from '../format/object-path';
import { getPathXattr } from '../native/xattrs';
import { pick } from './pick';

/** What can happen to one object file. */
export const DAMAGE_KINDS = [
  'nothing',
  'missing',
  'emptied',
  'cut',
  'flipped',
  'extended',
  'wrong-size',
  'padding',
  'symlink',
  'directory',
] as const;
export type DamageKind = (typeof DAMAGE_KINDS)[number];

/** An object file, and what became of it. */
export interface Damage {
  readonly kind: DamageKind;
  /** Whether bytes changed that say something: deflate has bits that do not, and an archive's header has a few. */
  readonly isMeant: boolean;
  /** Whether the object is a symlink that its repository keeps in a regular file. */
  readonly isSymlink: boolean;
}

/**
 * Damages one object of a clone, whose file is a hard link: another file is put in its place.
 * @param name below `objects/`
 * @returns what was done, which is another kind where the object has nothing of the kind that was asked for
 */
export function damageObject(repoPath: string, name: string, wanted: DamageKind, choice: number): Damage {
  const file = join(repoPath, 'objects', name);
  const kind = possibleKind(file, wanted);
  const isSymlink = keepsSymlink(file);
  if (kind === 'nothing') return { kind, isMeant: false, isSymlink };
  if (kind === 'missing') {
    rmSync(file);
    return { kind, isMeant: true, isSymlink };
  }
  if (kind === 'symlink' || kind === 'directory') {
    renameSync(file, join(repoPath, 'elsewhere'));
    if (kind === 'directory') mkdirSync(file);
    else symlinkSync(join(repoPath, 'elsewhere'), file);
    return { kind, isMeant: true, isSymlink };
  }
  unshare(file);
  const before = readFileSync(file);
  const { mode } = lstatSync(file);
  chmodSync(file, 0o600);
  change(file, before, kind, choice);
  chmodSync(file, mode & 0o7777);
  const isMeant =
    kind !== 'wrong-size' && kind !== 'padding' && !decodesAlike(file, before, readFileSync(file));
  return { kind, isMeant, isSymlink };
}

function keepsSymlink(file: string): boolean {
  if (lstatSync(file).isSymbolicLink()) return false;
  if (file.endsWith('.filez')) return isSymlinkObject(readFileSync(file));
  const meta = file.endsWith('.file') ? getPathXattr(file, 'user.ostreemeta') : null;
  return meta !== null && (parseOstreemeta(meta).mode & S_IFMT) === S_IFLNK;
}

function possibleKind(file: string, wanted: DamageKind): DamageKind {
  const stat = lstatSync(file);
  // A symlink that a bare repository keeps as one.
  if (stat.isSymbolicLink()) return wanted === 'nothing' || wanted === 'directory' ? wanted : 'missing';
  if (stat.size === 0)
    return ['nothing', 'missing', 'extended', 'symlink', 'directory'].includes(wanted) ? wanted : 'missing';
  const isFilez = file.endsWith('.filez');
  if (wanted === 'wrong-size') return isFilez && !isSymlinkObject(readFileSync(file)) ? wanted : 'cut';
  if (wanted === 'padding') return isFilez ? wanted : 'flipped';
  return wanted;
}

/** The clone's own file, with owner, mode and attributes as they were. */
function unshare(file: string): void {
  execFileSync('cp', ['-a', file, `${file}.copy`]);
  renameSync(`${file}.copy`, file);
}

function change(file: string, before: Buffer, kind: DamageKind, choice: number): void {
  const bytes = Buffer.from(before);
  switch (kind) {
    case 'emptied':
      truncateSync(file, 0);
      return;
    case 'cut':
      truncateSync(file, choice % bytes.length);
      return;
    case 'extended':
      writeFileSync(file, pick([0, 3, 255], choice) === 0 ? Buffer.from([0]) : Buffer.from('trailing'), {
        flag: 'a',
      });
      return;
    case 'wrong-size':
      // The low byte of a 64-bit number that follows the prefix.
      bytes[HEADER_PREFIX_BYTES + 7] = (bytes[HEADER_PREFIX_BYTES + 7] as number) ^ (1 + (choice % 255));
      break;
    case 'padding':
      bytes[4 + (choice % 4)] = 1;
      break;
    default: {
      // Behind what `wrong-size` and `padding` are about.
      const start = file.endsWith('.filez') ? HEADER_PREFIX_BYTES + 8 : 0;
      const at = start + (choice % (bytes.length - start));
      bytes[at] = (bytes[at] as number) ^ (1 << (choice % 8));
    }
  }
  writeFileSync(file, bytes);
}

/** Whether two archive files hold the same: deflate has bits that mean nothing. */
function decodesAlike(file: string, before: Buffer, after: Buffer): boolean {
  if (!file.endsWith('.filez')) return before.equals(after);
  try {
    const [was, is] = [splitFilez(before), splitFilez(after)];
    return was.header.equals(is.header) && was.content.equals(is.content);
  } catch {
    return false;
  }
}

function splitFilez(bytes: Buffer): { header: Buffer; content: Buffer } {
  const end = HEADER_PREFIX_BYTES + parseHeaderPrefix(bytes, bytes.length - HEADER_PREFIX_BYTES);
  const header = bytes.subarray(0, end);
  return { header, content: isSymlinkObject(bytes) ? Buffer.alloc(0) : inflateRawSync(bytes.subarray(end)) };
}

function isSymlinkObject(bytes: Buffer): boolean {
  const length = parseHeaderPrefix(bytes, bytes.length - HEADER_PREFIX_BYTES);
  return parseFilezHeader(bytes.subarray(HEADER_PREFIX_BYTES, HEADER_PREFIX_BYTES + length)).target !== '';
}

/** Whether libostree's fsck passes over a damage that the engine reports (R-11, LAB-4, LAB-6). */
export function isOverlooked(name: string, mode: RepoMode, { kind, isMeant, isSymlink }: Damage): boolean {
  if (!isMeant) return true;
  const isContent = /\.filez?$/.test(name);
  switch (kind) {
    case 'symlink':
      // Metadata is read through it; content is, where an archive keeps it.
      return !isContent || mode === 'archive';
    case 'extended':
      return isContent && (mode === 'archive' || isSymlink);
    default:
      return false;
  }
}
