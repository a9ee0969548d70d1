import { describe, expect, it } from 'vitest';
import { fuzzAll, makeFuzzing } from './fixtures/fuzz/fuzz-all';
import { runFuzz } from './fixtures/fuzz/run-fuzz';
import type { planted } from './fixtures/fuzz/targets/planted';

/** Of each reader. All together are done in about ten seconds; `npm run test:deep` takes a minute each. */
const SECONDS = 1.5;

const fuzzing = makeFuzzing();

describe('readers of hostile bytes', () => {
  it('refuse or read, and nothing else', () => fuzzAll(fuzzing, SECONDS, 2), 300_000);
});

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
