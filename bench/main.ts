import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compareDiff, comparePull } from './commands';
import { makeSource, ostree } from './make-repositories';
import { formatTable, median } from './measure';
import { comparePromotion } from './promotion';

/** What a promotion of 100 changed files in a tree of 100,000 may take from claimed to done. */
const PROMOTION_SECONDS_MAX = 2;

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '100000' },
    changes: { type: 'string', default: '100' },
    runs: { type: 'string', default: '5' },
    /** Where the repositories are made; its file system is what is measured. */
    folder: { type: 'string', default: tmpdir() },
  },
});

async function main(): Promise<void> {
  const runs = Number(values.runs);
  const sizes = { files: Number(values.files), changes: Number(values.changes), commits: runs + 1 };
  const folder = mkdtempSync(join(values.folder, 'treeline-bench-'));
  try {
    console.log(`Making repositories of ${sizes.files.toLocaleString('en-GB')} files with ostree …`);
    const source = makeSource(folder, sizes);
    console.log(`Measuring, ${runs} runs each after one that warms caches …`);
    const { times, steps } = await comparePromotion(folder, source);
    const rows = [
      times,
      await comparePull(folder, source, { isVerified: false, runs }),
      await comparePull(folder, source, { isVerified: true, runs }),
      await compareDiff(source, runs),
    ];
    const version = /Version: '(.*)'/.exec(ostree('--version'))?.[1];
    console.log(
      `\nNode ${process.version}, ostree ${version}, ${cpus().length} cores; medians (least to most)\n`,
    );
    console.log(formatTable(rows));
    console.log('\nSteps of a promotion, medians:');
    for (const [name, seconds] of steps) console.log(`  ${name.padEnd(14)}${median(seconds).toFixed(3)} s`);
    const seconds = median(times.treeline);
    const isWithin = seconds <= PROMOTION_SECONDS_MAX;
    console.log(
      `\nA promotion takes ${seconds.toFixed(2)} s from claimed to done, publish and probe included: ` +
        `${isWithin ? 'within' : 'OVER'} the ${PROMOTION_SECONDS_MAX} s allowed.`,
    );
    process.exitCode = isWithin ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
