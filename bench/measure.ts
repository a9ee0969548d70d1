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
  /** Seconds of each run. */
  treeline: number[];
  ostree: number[];
}

/** The table that the bench prints: medians, their spread and their ratio. */
export function formatTable(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map(({ what, treeline, ostree }) => [
    what,
    formatRuns(treeline),
    formatRuns(ostree),
    `${(median(ostree) / median(treeline)).toFixed(1)}×`,
  ]);
  const all = [['', 'Treeline', 'ostree', 'faster'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function formatRuns(seconds: readonly number[]): string {
  const [least, most] = [Math.min(...seconds), Math.max(...seconds)];
  return `${median(seconds).toFixed(2)} s (${least.toFixed(2)} to ${most.toFixed(2)})`;
}
