import { AppError } from '../../errors';

/** A GKeyFile: group → key → value as it stands behind the `=`, escapes and trailing blanks included. */
export type Keyfile = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Parses a GKeyFile such as `config`: groups, `key=value`, `#` comments. It takes what GLib takes, and reads from it
 * what GLib reads: a later value of a key wins, and groups of one name are one group. In time that follows the length
 * of the text, whatever is in it.
 * @throws AppError `ostree/repo-invalid` naming the line
 * @see GLib gkeyfile.c `g_key_file_parse_line`
 */
export function parseKeyfile(text: string): Keyfile {
  const groups = new Map<string, Map<string, string>>();
  let group: Map<string, string> | null = null;
  const lines = text.split('\n');
  lines.forEach((raw, index) => {
    // A carriage return belongs to the newline behind it; the last line has none.
    const hasReturn = raw.endsWith('\r') && index < lines.length - 1;
    const line = skipBlanks(hasReturn ? raw.slice(0, -1) : raw);
    if (line === '' || line.startsWith('#')) return;
    const name = groupName(line);
    if (name !== null) {
      group = groups.get(name) ?? new Map();
      groups.set(name, group);
      return;
    }
    const equals = line.indexOf('=');
    const key = chopBlanks(line.slice(0, Math.max(0, equals)));
    // What a C reader would take for the end of the line is no part of any.
    if (group === null || !isKey(key) || line.includes('\0')) {
      throw new AppError(
        'ostree/repo-invalid',
        `line ${index + 1} is neither a group nor a key with a value`,
      );
    }
    group.set(key, skipBlanks(line.slice(equals + 1)));
  });
  return groups;
}

/** The group that a line begins, or null where it begins none. */
function groupName(line: string): string | null {
  const end = line.indexOf(']');
  if (!line.startsWith('[') || end < 2) return null;
  const name = line.slice(1, end);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: GLib refuses them in the name of a group
  return /[[\u0000-\u001f\u007f]/.test(name) || /[^ \t]/.test(line.slice(end + 1)) ? null : name;
}

/** A key may carry a locale, as `key[de]` does, and is then another key. */
function isKey(text: string): boolean {
  return /^[^=[\]]*[^=[\] ](?:\[[\p{L}\p{N}_.@-]*\])?$/u.test(text);
}

/** GLib's `g_ascii_isspace`, but for the newline that ends a line. */
const BLANKS = ' \t\f\r';

function skipBlanks(text: string): string {
  let from = 0;
  while (from < text.length && BLANKS.includes(text.charAt(from))) from++;
  return text.slice(from);
}

function chopBlanks(text: string): string {
  let to = text.length;
  while (to > 0 && BLANKS.includes(text.charAt(to - 1))) to--;
  return text.slice(0, to);
}

/** A value as it is written, or null where there is no such key: libostree undoes no escapes in its config. */
export function keyfileString(keyfile: Keyfile, group: string, key: string): string | null {
  return keyfile.get(group)?.get(key) ?? null;
}

/** @throws AppError `ostree/repo-invalid` where the value is no boolean */
export function keyfileBoolean(keyfile: Keyfile, group: string, key: string, fallback: boolean): boolean {
  const raw = keyfileString(keyfile, group, key);
  if (raw === null) return fallback;
  const word = chopBlanks(raw);
  if (word === 'true' || word === '1') return true;
  if (word === 'false' || word === '0') return false;
  throw new AppError('ostree/repo-invalid', `${group}.${key} is neither true nor false`);
}

/** @throws AppError `ostree/repo-invalid` where the value is no integer */
export function keyfileInteger(keyfile: Keyfile, group: string, key: string, fallback: number): number {
  const raw = keyfileString(keyfile, group, key);
  if (raw === null) return fallback;
  const digits = chopBlanks(raw);
  if (/^-?\d{1,15}$/.test(digits)) return Number(digits);
  throw new AppError('ostree/repo-invalid', `${group}.${key} is not an integer`);
}
