/** What a row has to reach. */
export interface Goal {
  /** Treeline's median over that of `ostree`, at most. */
  ratioMax: number;
}

/** The middle of `values`; of an even number the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) throw new Error('no values');
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

/** Seconds that `work` takes. */
export async function timeSeconds(work: () => unknown): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
}

export interface Comparison {
  what: string;
  goal?: Goal | undefined;
  /** Seconds of each run. */
  treeline: number[];
  /** Of `ostree`, or of the program that the row names. */
  ostree: number[];
}

export function ratioOf({ treeline, ostree }: Comparison): number {
  return median(treeline) / median(ostree);
}

/** The table that the bench prints, in Markdown: medians, their spread, their ratio and what it has to be. */
export function formatTable(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map((row) => [
    row.what,
    formatRuns(row.treeline),
    formatRuns(row.ostree),
    ratioOf(row).toFixed(2),
    row.goal === undefined
      ? ''
      : `≤ ${row.goal.ratioMax}${ratioOf(row) <= row.goal.ratioMax ? '' : ' (over)'}`,
  ]);
  const heads = ['work', 'Treeline', '`ostree`', 'ratio', 'goal'];
  const all = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return [line(heads), rule, ...rows.map(line)].join('\n');
}

function formatRuns(seconds: readonly number[]): string {
  const [least, most] = [Math.min(...seconds), Math.max(...seconds)];
  return `${median(seconds).toFixed(3)} s (${least.toFixed(3)} to ${most.toFixed(3)})`;
}
