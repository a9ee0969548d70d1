import { afterEach, expect, test } from 'vitest';
import { describeCounts, MutationBench } from '../fixtures/mutation-bench';
import { seededRandom } from '../fixtures/random-tree';
import type { RepoMode } from '../format/object-path';

/** Ten thousand in all, and of every twentieth that is refused, what `ostree` says. */
const COUNTS: [mode: RepoMode, count: number][] = [
  ['archive', 4000],
  ['bare', 2000],
  ['bare-user', 2000],
  ['bare-user-only', 2000],
];
const OSTREE_EVERY = 20;
const SEED = Number(process.env.TREELINE_MUTATION_SEED ?? 20_261_125);

let bench: MutationBench;
afterEach(() => bench.remove());

test.each(COUNTS)('%s: of %i spoilt objects none is accepted', async (mode, count) => {
  console.log(`seed ${SEED}`);
  bench = new MutationBench(mode, seededRandom(SEED));
  await bench.run(count, OSTREE_EVERY);
  console.log(describeCounts(mode, bench.counts));
  expect(bench.counts.fromSource).toBe(count);
  expect(bench.counts.intoTarget).toBeGreaterThan(count / 2);
});
