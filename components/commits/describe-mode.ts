export interface ModeWords {
  /** As `ls -l` writes it: `-rwsr-xr-x`. */
  symbolic: string;
  /** Permission bits only, four digits: `4755`. */
  permissions: string;
  /** What a reviewer should not overlook. */
  flags: Array<'setuid' | 'setgid' | 'world-writable'>;
}

/** The letter of each file type, by the type bits. */
const TYPES: ReadonlyMap<number, string> = new Map([
  [0o10, '-'],
  [0o04, 'd'],
  [0o12, 'l'],
]);

function triplet(bits: number, special: boolean, letter: string): string {
  const execute = (bits & 1) !== 0;
  const last = special ? (execute ? letter : letter.toUpperCase()) : execute ? 'x' : '-';
  return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${last}`;
}

/**
 * A mode in words.
 * @param mode octal with type bits, as `ostree ls` shows it: `0100644`
 */
export function describeMode(mode: string): ModeWords {
  const value = Number.parseInt(mode, 8);
  if (Number.isNaN(value)) return { symbolic: mode, permissions: mode, flags: [] };
  const type = TYPES.get(value >> 12) ?? '?';
  const setuid = (value & 0o4000) !== 0;
  const setgid = (value & 0o2000) !== 0;
  const sticky = (value & 0o1000) !== 0;
  const flags: ModeWords['flags'] = [];
  if (type === '-' && setuid) flags.push('setuid');
  if (type === '-' && setgid) flags.push('setgid');
  if (type !== 'l' && (value & 0o002) !== 0 && !(type === 'd' && sticky)) flags.push('world-writable');
  return {
    symbolic: `${type}${triplet((value >> 6) & 7, setuid, 's')}${triplet((value >> 3) & 7, setgid, 's')}${triplet(value & 7, sticky, 't')}`,
    permissions: (value & 0o7777).toString(8).padStart(4, '0'),
    flags,
  };
}
