import { afterEach, expect, test } from 'vitest';
import { describeCounts, MutationBench } from '../fixtures/mutation-bench';
import { seededRandom } from '../fixtures/random-tree';
import type { RepoMode } from '../format/object-path';

/** Of each mode; `npm run test:deep` spoils ten thousand in all. */
const COUNT = 30;
const SEED = Number(process.env.TREELINE_MUTATION_SEED ?? 20_261_125);
const MODES: RepoMode[] = ['archive', 'bare-user', 'bare-user-only'];
// Only root keeps owners, which a bare repository is about.
if (process.getuid?.() === 0) MODES.push('bare');

let bench: MutationBench;
afterEach(() => bench.remove());

test.each(MODES)(
  '%s: no spoilt object is accepted, in the source or where it lies in the target already',
  async (mode) => {
    console.log(`seed ${SEED}`);
    bench = new MutationBench(mode, seededRandom(SEED));
    await bench.run(COUNT, COUNT);
    console.log(describeCounts(mode, bench.counts));
    expect(bench.counts.fromSource).toBe(COUNT);
    expect(bench.counts.intoTarget).toBeGreaterThan(COUNT / 2);
  },
  300_000,
);

test.each(['archive', 'bare-user'] as RepoMode[])(
  '%s: an object that may not be read is named',
  async (mode) => {
    bench = new MutationBench(mode, seededRandom(SEED));
    expect(await bench.refuseUnreadable(65_534)).toBeGreaterThan(4);
  },
  300_000,
);
