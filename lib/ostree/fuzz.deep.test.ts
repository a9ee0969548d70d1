import { expect, it } from 'vitest';
import { fuzzAll, makeFuzzing } from './fixtures/fuzz/fuzz-all';

/** A minute for each reader; `TREELINE_FUZZ_SECONDS=3600` is an hour. */
const SECONDS = Number(process.env.TREELINE_FUZZ_SECONDS ?? 60);

const fuzzing = makeFuzzing();

it(
  'readers of hostile bytes refuse or read, and nothing else',
  async () => {
    expect(SECONDS).toBeGreaterThan(0);
    await fuzzAll(fuzzing, SECONDS, 3);
  },
  SECONDS * 20_000 + 600_000,
);
