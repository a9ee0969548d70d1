const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/**
 * Bytes in binary units with at most three digits: `38.1 MiB`, `412 B`.
 * @param bytes decimal string, negative for shrinkage
 * @param isChange true: a sign stands before it, `+12 KiB` or `−3 KiB`
 */
export function formatSize(bytes: string, isChange = false): string {
  const exact = BigInt(bytes);
  const magnitude = exact < 0n ? -exact : exact;
  let value = Number(magnitude);
  let unit = 0;
  // 1023.95 would be printed as 1024.
  while (value >= 1023.95 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  const text = `${value.toFixed(digits).replace(/\.0$/, '')} ${UNITS[unit]}`;
  if (exact < 0n) return `−${text}`;
  return isChange && exact > 0n ? `+${text}` : text;
}
