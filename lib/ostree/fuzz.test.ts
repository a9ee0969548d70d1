import { describe, it } from 'vitest';
import { fuzzAll, makeFuzzing } from './fixtures/fuzz/fuzz-all';

/** Of each reader. All together are done in about ten seconds; `npm run test:deep` takes a minute each. */
const SECONDS = 1.5;

const fuzzing = makeFuzzing();

describe('readers of hostile bytes', () => {
  it('refuse or read, and nothing else', () => fuzzAll(fuzzing, SECONDS, 2), 300_000);
});
