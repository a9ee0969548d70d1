import { AppError } from '../../errors';

/** A GKeyFile: group → key → value as written, unescaped by the getters. */
export type Keyfile = ReadonlyMap<string, ReadonlyMap<string, string>>;

const KEY = /^([^=[\]]+?)(\[[^\]]*\])?\s*=\s*(.*)$/;

/**
 * Parses the subset of GKeyFile that `config` files use: groups, `key=value`, `#` comments. A later value of
 * a key wins, and groups of one name are one group, as in GLib.
 * @throws AppError `ostree/repo-invalid` naming the line
 */
export function parseKeyfile(text: string): Keyfile {
  const groups = new Map<string, Map<string, string>>();
  let group: Map<string, string> | null = null;
  text.split('\n').forEach((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return;
    if (line.startsWith('[') && line.endsWith(']')) {
      const name = line.slice(1, -1);
      group = groups.get(name) ?? new Map();
      groups.set(name, group);
      return;
    }
    const match = KEY.exec(line);
    if (match === null || group === null) {
      throw new AppError(
        'ostree/repo-invalid',
        `line ${index + 1} is neither a group nor a key with a value`,
      );
    }
    // A translated value, `key[de]=`, is no value of the key itself.
    if (match[2] === undefined) group.set((match[1] as string).trim(), match[3] as string);
  });
  return groups;
}

const ESCAPES: Record<string, string> = { s: ' ', n: '\n', t: '\t', r: '\r', '\\': '\\' };

/** A string value with its escapes undone, or null where there is no such key. */
export function keyfileString(keyfile: Keyfile, group: string, key: string): string | null {
  const raw = keyfile.get(group)?.get(key);
  return raw === undefined ? null : raw.replace(/\\(.)/g, (whole, char: string) => ESCAPES[char] ?? whole);
}

/** @throws AppError `ostree/repo-invalid` where the value is no boolean */
export function keyfileBoolean(keyfile: Keyfile, group: string, key: string, fallback: boolean): boolean {
  const raw = keyfile.get(group)?.get(key);
  if (raw === undefined) return fallback;
  if (raw === 'true' || raw === '1') return true;
  if (raw === 'false' || raw === '0') return false;
  throw new AppError('ostree/repo-invalid', `${group}.${key} is neither true nor false`);
}

/** @throws AppError `ostree/repo-invalid` where the value is no integer */
export function keyfileInteger(keyfile: Keyfile, group: string, key: string, fallback: number): number {
  const raw = keyfile.get(group)?.get(key);
  if (raw === undefined) return fallback;
  if (/^-?\d{1,15}$/.test(raw)) return Number(raw);
  throw new AppError('ostree/repo-invalid', `${group}.${key} is not an integer`);
}
