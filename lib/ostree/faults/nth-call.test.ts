import { expect, test } from 'vitest';
import { failEveryCall } from './fixtures/nth-call';
import { sampleScenarios } from './fixtures/scenarios';

/** Every call, and not a sample of them, fails in `nth-call.deep.test.ts`. */
const SAMPLES = 2;
/** Seconds on a machine of its own. */
const TIMEOUT_MILLISECONDS = 240_000;

test.each(sampleScenarios)(
  '$name: a failing call or a death leaves a valid target, and no litter',
  async (scenario) => {
    const { injected, states } = await failEveryCall(scenario, { samples: SAMPLES });
    expect(injected).toBeGreaterThanOrEqual(SAMPLES);
    expect(states).toBeGreaterThan(0);
  },
  TIMEOUT_MILLISECONDS,
);
