import { describe, expect, it } from 'vitest';
import { fuzzAll, makeFuzzing } from './fixtures/fuzz/fuzz-all';
import { runFuzz } from './fixtures/fuzz/run-fuzz';
import type { planted } from './fixtures/fuzz/targets/planted';

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

/** What the fuzzer has to say of each planted fault. */
const FAULTS: Record<keyof typeof planted, [kind: string, message: RegExp]> = {
  throws: ['threw', /planted/],
  hangs: ['hung', /more than 1 s/],
  allocates: ['threw', /bytes were asked for to read/],
  leaks: ['out-of-memory', /memory/],
};

describe('the fuzzer', () => {
  it.concurrent.each(Object.entries(FAULTS))(
    'finds a reader that %s',
    async (target, [kind, message]) => {
      const { programs, corpus, seed } = fuzzing;
      // It ends with what it finds; the time is for a machine that has much else to do.
      const report = await runFuzz(programs, { target, corpus, seconds: 120, seed });
      expect(report.finding).toMatchObject({ kind, message: expect.stringMatching(message) });
    },
    300_000,
  );
});
