import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compareChanges, compareFullPulls, compareTrees } from './commands';
import { makeSource, ostree } from './make-repositories';
import { compareManyNames } from './many-names';
import { type Comparison, formatTable, median } from './measure';
import { type MemoryUse, measureMemory } from './memory';
import { comparePromotion, type StepSeconds } from './promotion';
import { compareHttpPull } from './pull-over-http';
import { measureReaders, reportReaders } from './readers';

/** What a promotion of 100 changed files in a tree of 100,000 may take from claimed to done. */
const PROMOTION_SECONDS_MAX = 2;
const PEAK_BYTES_MAX = 512 * 1024 * 1024;
const BYTES_PER_OBJECT_MAX = 40;

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '100000' },
    changes: { type: 'string', default: '100' },
    runs: { type: 'string', default: '5' },
    /** Where the repositories are made; its file system is what is measured. */
    folder: { type: 'string', default: tmpdir() },
    /** How much memory a pull of a million files takes, and nothing else; making them takes minutes. */
    memory: { type: 'boolean', default: false },
    /** People who read pages while promotions go on, and nothing else; needs the pages built, and takes a quarter of an hour. */
    readers: { type: 'boolean', default: false },
    promotions: { type: 'string', default: '1000' },
  },
});

async function main(): Promise<void> {
  const folder = mkdtempSync(join(values.folder, 'treeline-bench-'));
  try {
    const version = /Version: '(.*)'/.exec(ostree('--version'))?.[1];
    console.log(`Node ${process.version}, ostree ${version}, ${cpus().length} cores (${cpus()[0]?.model})`);
    process.exitCode = (await benchIn(folder)) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether what was measured stays within its limits. */
async function benchIn(folder: string): Promise<boolean> {
  if (values.readers) return benchReaders(folder);
  if (values.memory) return reportMemory(await measureMemory(folder, [100_000, 1_000_000]));
  return benchWork(folder);
}

async function benchReaders(folder: string): Promise<boolean> {
  const options = { promotions: Number(values.promotions), people: 50, seconds: 120 };
  return reportReaders(await measureReaders(folder, options));
}

async function benchWork(folder: string): Promise<boolean> {
  const runs = Number(values.runs);
  const sizes = { files: Number(values.files), changes: Number(values.changes), commits: runs + 1 };
  console.log(`Making repositories of ${sizes.files.toLocaleString('en-GB')} files with ostree …`);
  const source = makeSource(folder, sizes);
  console.log(`Measuring, ${runs} runs each after one that warms caches …`);
  const { times, steps } = await comparePromotion(folder, source);
  const rows: Comparison[] = [
    times,
    ...(await compareChanges(folder, source)),
    ...(await compareFullPulls(folder, source, runs)),
    ...(await compareTrees(folder, source, runs)),
    ...(await compareManyNames(folder, runs)),
    await compareHttpPull(folder, runs),
  ];
  console.log(`\nMedians (least to most), ratio of the medians\n\n${formatTable(rows)}`);
  reportSteps(steps);
  return reportPromotion(median(times.treeline));
}

function reportSteps(steps: StepSeconds): void {
  console.log('\nSteps of a promotion, medians:');
  for (const [name, seconds] of steps) console.log(`  ${name.padEnd(14)}${median(seconds).toFixed(3)} s`);
}

function reportPromotion(seconds: number): boolean {
  const isWithin = seconds <= PROMOTION_SECONDS_MAX;
  console.log(
    `\nA promotion takes ${seconds.toFixed(2)} s from claimed to done, publish and probe included: ` +
      `${isWithin ? 'within' : 'OVER'} the ${PROMOTION_SECONDS_MAX} s allowed.`,
  );
  return isWithin;
}

function reportMemory(uses: readonly MemoryUse[]): boolean {
  console.log('\nMemory of a full pull, each object hashed:');
  for (const { objects, peakBytes } of uses) {
    console.log(
      `  ${objects.toLocaleString('en-GB').padStart(9)} objects ${(peakBytes / 2 ** 20).toFixed(0)} MiB`,
    );
  }
  const [small, large] = uses as [MemoryUse, MemoryUse];
  const each = (large.peakBytes - small.peakBytes) / (large.objects - small.objects);
  const isWithin = large.peakBytes <= PEAK_BYTES_MAX && each <= BYTES_PER_OBJECT_MAX;
  console.log(
    `  ${each.toFixed(1)} bytes for each more: ${isWithin ? 'within' : 'OVER'} 512 MiB and 40 bytes.`,
  );
  return isWithin;
}

await main();
