import { expect, test } from 'vitest';
import { failEveryCall } from './fixtures/nth-call';
import { scenarios } from './fixtures/scenarios';

test.each(scenarios)(
  '$name: each call fails once, in each way it can, and the process dies at each',
  async (scenario) => {
    const result = await failEveryCall(scenario);
    console.log(scenario.name, JSON.stringify(result));
    expect(result.injected).toBeGreaterThan(result.calls);
    // Some failures stop nothing: what could not be removed is left for the next run.
    expect(result.survived).toBeLessThan(result.injected / 2);
  },
);
