import { expect, test } from 'vitest';
import { CARELESS_STATES_MAX, carelessScenario } from './fixtures/careless';
import { cutPower } from './fixtures/power-loss';
import { sampleScenarios } from './fixtures/scenarios';

/** Of each operation; `power-loss.deep.test.ts` looks at many times as many. */
const STATES_MAX = 5;
/** Seconds on a machine of its own. */
const TIMEOUT_MILLISECONDS = 240_000;
const seed = Number(process.env.TREELINE_POWER_LOSS_SEED ?? 20_261_125);
console.log(`power-loss seed ${seed}`);

test.each(sampleScenarios)(
  '$name: a power cut at any moment leaves a target that the next run recovers',
  async (scenario) => {
    const { states } = await cutPower(scenario, { seed, statesMax: STATES_MAX });
    expect(states).toBeGreaterThan(2);
  },
  TIMEOUT_MILLISECONDS,
);

test(
  'ref write without fsync: the model finds that it is missing',
  async () => {
    const careless = carelessScenario('ref write', /^fsync$/);
    const cut = cutPower(careless, { seed, statesMax: CARELESS_STATES_MAX });
    await expect(cut).rejects.toThrow(/power cut after/);
  },
  TIMEOUT_MILLISECONDS,
);
