import type { DiffRowDto } from '@/lib/contracts/commit';

/** Bytes by which the path grew, as a decimal string; null where it is no file on either side. */
export function sizeDelta(row: DiffRowDto): string | null {
  if (row.fromSize === null && row.toSize === null) return null;
  return (BigInt(row.toSize ?? '0') - BigInt(row.fromSize ?? '0')).toString();
}

/** What changed beside the content: the mode, where both sides have one and they differ. */
export function modeChange(row: DiffRowDto): { from: string; to: string } | null {
  if (row.fromMode === null || row.toMode === null || row.fromMode === row.toMode) return null;
  return { from: row.fromMode, to: row.toMode };
}

/** The kinds of change that the page filters by, in the order of the page. */
export const CHANGES = ['added', 'removed', 'modified'] as const;
export type Change = DiffRowDto['change'];

/** A word from the URL as a kind of change; null for all. */
export function parseChange(text: string): Change | null {
  return CHANGES.find((change) => change === text) ?? null;
}
